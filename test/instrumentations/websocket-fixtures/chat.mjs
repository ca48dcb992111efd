// One end of a chat that does all that a program may do; tells what it saw, in order, as one JSON line. Arguments: `server`, or `client` and the server's port; then `clew`, or nothing.
import { once } from 'node:events'
import { createRequire } from 'node:module'

const [, , role, port, by] = process.argv
if (by === 'clew') {
  const { init } = await import('clew')
  init({
    otlp: false,
    console: { enabled: false },
    websocket: { messageSpans: true, messageContext: true, summaryMillis: 5 },
  })
}
const require = createRequire(import.meta.url)
const { createServer } = require('node:http')
const { WebSocket, WebSocketServer } = require('ws')

const seen = []
const see = (...what) => seen.push(what.map((one) => (Buffer.isBuffer(one) ? `bytes ${one.toString('hex')}` : one)))
const EVENTS = ['open', 'ping', 'pong', 'close', 'error', 'message', 'upgrade', 'unexpected-response']

function watch(name, socket) {
  for (const event of EVENTS)
    socket.on(event, (...args) => see(name, event, args.length, ...args.map((one) => (one instanceof Error ? `${one.name} ${one.message} ${one.code}` : Buffer.isBuffer(one) || typeof one !== 'object' ? one : 'an object')))) // prettier-ignore
  socket.addEventListener('message', (event) => see(name, 'event', typeof event.data, event.type))
  socket.once('message', () => see(name, 'once'))
  socket.onmessage = () => see(name, 'onmessage')
  see(name, 'listeners', EVENTS.map((event) => socket.listenerCount(event)).join(), Object.keys(socket).join())
}

function shape() {
  for (const { prototype } of [WebSocket, WebSocketServer])
    for (const key of ['emit', 'send', 'ping', 'pong', 'close', 'handleUpgrade'])
      if (key in prototype) see('shape', key, prototype[key].name, prototype[key].length)
  see('shape', Object.keys(WebSocket.prototype).join(), new WebSocketServer({ noServer: true }).eventNames().join())
}

function attempt(name, act) {
  try {
    see(name, 'returned', act())
  } catch (error) {
    see(name, 'threw', error.name, error.message)
  }
}

async function serve() {
  const http = createServer()
  const server = new WebSocketServer({
    server: http,
    perMessageDeflate: { threshold: 10 },
    verifyClient: ({ req }) => req.url !== '/refused',
  })
  server.on('headers', (headers) => see('server', 'headers', headers.length))
  server.on('connection', (socket, request) => {
    watch(request.url, socket)
    socket.send('welcome')
    socket.on('message', (data, binary) => {
      const text = data.toString()
      if (text === 'close') socket.close(4001, 'asked to')
      else if (text === 'terminate') socket.terminate()
      else if (text === 'end') http.close(() => finish())
      else socket.send(data, { binary }, (error) => see(request.url, 'sent', error === undefined || error === null))
    })
  })
  await once(http.listen(0, '127.0.0.1'), 'listening')
  process.stdout.write(`${http.address().port}\n`)
}

async function ask() {
  const open = async (path) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`)
    attempt(path, () => socket.send('too early'))
    watch(path, socket)
    const [[welcome]] = await Promise.all([once(socket, 'message'), once(socket, 'open')])
    see(path, String(welcome))
    return socket
  }
  const echo = await open('/echo')
  for (const data of ['one', 'ü'.repeat(300), Buffer.from([1, 2, 3]), new Uint8Array([4]).buffer, '', 7]) {
    echo.send(data, (error) => see('echo', 'sent', error === undefined || error === null))
    await once(echo, 'message')
  }
  echo.send('half ', { fin: false })
  echo.send('and half')
  await once(echo, 'message')
  echo.ping('p')
  await once(echo, 'pong')
  attempt('echo', () => echo.ping('x'.repeat(126)))
  attempt('echo', () => echo.send(Symbol('no')))
  attempt('echo', () => echo.emit('own', 1))
  echo.close(1000, 'bye')
  await once(echo, 'close')
  attempt('echo', () => echo.send('too late', (error) => see('echo', 'late', error.message)))
  for (const word of ['close', 'terminate']) {
    const socket = await open(`/${word}`)
    socket.send(word)
    await once(socket, 'close')
  }
  const refused = new WebSocket(`ws://127.0.0.1:${port}/refused`)
  refused.on('error', (error) => see('refused', error.message))
  await new Promise((resolve) => refused.on('close', resolve))
  const last = await open('/end')
  last.send('end')
  last.close()
  await once(last, 'close')
  finish()
}

function finish() {
  see('listeners', ['exit', 'uncaughtException'].map((event) => process.listenerCount(event) >= 0).join())
  process.stdout.write(`${JSON.stringify(seen)}\n`, () => process.exit(role === 'server' ? 5 : 6))
}

shape()
await (role === 'server' ? serve() : ask())
