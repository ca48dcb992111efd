// A shop on Fastify 5. Start it with clew and without a line of code: node --import clew/register examples/frameworks/fastify.mjs
import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import Fastify from 'fastify'

export const app = Fastify({ forceCloseConnections: true })

app.addHook('onRequest', async (request) => {
  if (request.headers['x-hook'] === 'fails') throw new Error('the hook failed')
})
app.get('/', async () => 'home')
app.get('/users/:id', async (request) => {
  await pause(1)
  return { user: request.params.id }
})
app.register(
  async (api) => {
    api.register(
      async (shops) =>
        shops.get('/orders/:id', (request) => Promise.resolve({ shop: request.params.shop, order: request.params.id })),
      {
        prefix: '/shops/:shop',
      },
    )
  },
  { prefix: '/api/v1' },
)
app.register(
  async (guarded) => {
    guarded.setErrorHandler((error, _request, reply) => reply.code(500).send({ sorry: error.message }))
    guarded.get('/fail', async () => {
      throw new TypeError('no such drawer')
    })
  },
  { prefix: '/guarded' },
)
app.get('/throw', () => {
  throw new Error('no stock', { cause: new RangeError('shelf 7 is empty') })
})
app.get('/reject', async () => {
  await pause(1)
  throw new Error('no stock later')
})
app.get('/teapot', async () => {
  throw Object.assign(new Error('short and stout'), { statusCode: 418 })
})
app.get('/down', async () => {
  throw Object.assign(new Error('closed today'), { statusCode: 503 })
})
app.get('/stream', (_request, reply) => reply.type('text/plain').send(Readable.from(['first ', 'last'])))
app.get('/slow', (_request, reply) => {
  reply.hijack()
  reply.raw.on('close', () => console.log('the client has gone'))
  reply.raw.write('first')
})
app.post('/echo', async (request) => request.body)
app.get('/listeners', async () => {
  const count = (emitter) =>
    Object.fromEntries(emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)]))
  return { server: count(app.server) }
})

process.once('SIGTERM', () => void app.close())

export const listening = app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' }).then(() => {
  console.log(`listening on http://127.0.0.1:${app.server.address().port}`)
  return app.server
})
