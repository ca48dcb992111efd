// One session of an echo server; prints its records as JSON lines. Arguments: whether ws is loaded `before` or `after` clew; whether the client is `ws` or `builtin`.
const [, , order, clientKind] = process.argv
const early = order === 'before' ? await import('ws') : undefined
const { init, getLogger, shutdown } = await import('clew')
const { createWebSocketInstrumentation } = await import('clew/instrumentations/websocket')

const clew = init({ service: 'echo', otlp: false, console: { format: 'json' } })
if (!clew.status().instrumentations.some(({ name }) => name === 'websocket')) createWebSocketInstrumentation().enable()

const { createServer } = await import('node:http')
const http = createServer().listen(0, '127.0.0.1', async () => {
  const { WebSocket, WebSocketServer } = early ?? (await import('ws'))
  const server = new WebSocketServer({ server: http })
  server.on('connection', (socket) => {
    getLogger('echo').info('connection')
    socket.on('message', (data) => socket.send(data))
  })
  const Client = clientKind === 'builtin' ? globalThis.WebSocket : WebSocket
  const client = new Client(`ws://127.0.0.1:${http.address().port}/?session_id=late`)
  client.onopen = () => client.send('hello')
  client.onmessage = () => client.close()
  client.onclose = () => server.close(() => http.close(() => shutdown()))
})
