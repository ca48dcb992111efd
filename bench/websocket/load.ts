/** A program: sends messages over WebSockets, some at a time on each, and waits for their answers. Arguments: port, connections, how many at a time, milliseconds to warm up, and either milliseconds to measure or, with a `x` behind it, a number of messages. */
import { answer, onWord } from '../child.ts'
import { ANSWER_BYTES, frames, openSocket } from './raw-socket.ts'

/** What came back while it was measured. */
export interface EchoTrial {
  readonly messages: number
  readonly seconds: number
}

const [port = 0, connections = 0, together = 0, warmMillis = 0] = process.argv.slice(2).map(Number)
const goal = process.argv[6] ?? ''
const batch = frames(together)
let answered = 0

async function talk(): Promise<void> {
  const socket = await openSocket(port)
  let waiting = together * ANSWER_BYTES
  socket.on('data', (chunk) => {
    waiting -= chunk.length
    if (waiting > 0) return
    answered += together
    waiting = together * ANSWER_BYTES
    socket.write(batch)
  })
  socket.write(batch)
}

await Promise.all(Array.from({ length: connections }, talk))
onWord({})
await new Promise((resolve) => setTimeout(resolve, warmMillis))
const before = answered
const started = performance.now()
answer({ begun: true })
if (goal.endsWith('x'))
  while (answered - before < Number(goal.slice(0, -1))) await new Promise((resolve) => setTimeout(resolve, 20)) // prettier-ignore
else await new Promise((resolve) => setTimeout(resolve, Number(goal)))
answer({ messages: answered - before, seconds: (performance.now() - started) / 1_000 } satisfies EchoTrial)
process.exit(0)
