// One session of an echo server; prints its records as JSON lines. Arguments: whether ws is loaded `before` or `after` clew; whether the client is `ws` or `builtin`.
const [, , order, clientKind] = process.argv
const early = order === 'before' ? await import('ws') : undefined
const { init, getLogger, shutdown } = await import('clew')

init({ service: 'echo', otlp: false, console: { format: 'json' } })

const { createServer } = await import('node:http')
const { WebSocket, WebSocketServer } = early ?? (await import('ws'))
const http = createServer().listen(0, '127.0.0.1', () => {
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
