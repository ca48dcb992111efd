// A server with one session that is open when the program ends, in the way that its argument says.
import { init, shutdown } from 'clew'
import { WebSocket, WebSocketServer } from 'ws'

init({ service: 'ending', console: { enabled: false }, websocket: { summaryMillis: 50 } })

const ENDS = {
  throw: () => {
    throw new Error('thrown by a handler')
  },
  reject: () => void Promise.reject(new Error('rejected by a handler')),
  exit: () => process.exit(3),
  signal: () => process.kill(process.pid, 'SIGTERM'),
  shutdown: () => void shutdown().then(() => process.exit(0)),
  // Ended from outside.
  kill: () => {},
}
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' }, () => {
  const client = new WebSocket(`ws://127.0.0.1:${server.address().port}/?session_id=open`)
  client.on('open', () => client.send('end'))
})
server.on('connection', (socket) => socket.on('message', () => ENDS[process.argv[2]]()))
