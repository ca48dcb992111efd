/** A program: opens WebSockets and holds them until it is told to stop. Arguments: port, connections. */
import { answer, onWord } from '../child.ts'
import { openSocket } from './raw-socket.ts'

const AT_ONCE = 100
const [port = 0, connections = 0] = process.argv.slice(2).map(Number)
for (let open = 0; open < connections; open += AT_ONCE)
  await Promise.all(Array.from({ length: AT_ONCE }, () => openSocket(port)))
answer({ open: connections })
onWord({ stop: () => process.exit(0) })
