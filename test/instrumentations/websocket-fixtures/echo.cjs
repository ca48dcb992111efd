// The same as echo.mjs in CommonJS.
const [, , order, clientKind] = process.argv
const early = order === 'before' ? require('ws') : undefined
const { init, getLogger, shutdown } = require('clew')

init({ service: 'echo', otlp: false, console: { format: 'json' } })

const { createServer } = require('node:http')
const http = createServer().listen(0, '127.0.0.1', () => {
  const { WebSocket, WebSocketServer } = early ?? require('ws')
  const server = new WebSocketServer({ server: http })
  server.on('connection', (socket) => {
    getLogger('echo').info('connection')
    socket.on('message', (data) => socket.send(data))
  })
  const Client = clientKind === 'builtin' ? globalThis.WebSocket : WebSocket
  const client = new Client(`ws://127.0.0.1:${http.address().port}/?session_id=late`)
  client.addEventListener('open', () => client.send('hello'))
  client.addEventListener('message', () => client.close())
  client.addEventListener('close', () => server.close(() => http.close(() => void shutdown())))
})
