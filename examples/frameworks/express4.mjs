// A shop on Express 4. Start it with clew and without a line of code: node --import clew/register examples/frameworks/express4.mjs
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import express from 'express4'

const orders = express.Router({ mergeParams: true })
orders.get('/:id', (request, response) => {
  response.json({ shop: request.params.shop, order: request.params.id })
})

const api = express.Router()
api.use('/shops/:shop/orders', orders)

const guarded = express.Router()
guarded.get('/fail', () => {
  throw new TypeError('no such drawer')
})
guarded.use((error, _request, response, _next) => response.status(500).json({ sorry: error.message }))

export const app = express()
app.get('/', (_request, response) => void response.send('home'))
app.get('/users/:id', async (request, response) => {
  await pause(1)
  response.json({ user: request.params.id })
})
app.use('/api/v1', api)
app.use('/guarded', guarded)
app.get('/throw', () => {
  throw new Error('no stock', { cause: new RangeError('shelf 7 is empty') })
})
app.get('/reject', async (_request, _response, next) => {
  await pause(1)
  next(new Error('no stock later'))
})
app.get('/teapot', (_request, _response, next) => next(Object.assign(new Error('short and stout'), { status: 418 })))
app.get('/down', (_request, _response, next) => next(Object.assign(new Error('closed today'), { status: 503 })))
app.get('/stream', (_request, response) => {
  response.write('first ')
  response.end('last')
})
app.get('/slow', (request, response) => {
  response.on('close', () => console.log('the client has gone'))
  response.write('first')
})
app.post('/echo', express.json(), (request, response) => void response.json(request.body))
app.get('/listeners', (_request, response) => {
  const count = (emitter) =>
    Object.fromEntries(emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)]))
  response.json({ app: count(app), server: count(server) })
})

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
process.once('SIGTERM', () => server.close())

export const listening = once(server, 'listening').then(() => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`)
  return server
})
