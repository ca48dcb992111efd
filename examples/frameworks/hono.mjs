// A shop on Hono, served by Node. Start it with clew and without a line of code: node --import clew/register examples/frameworks/hono.mjs
import { setTimeout as pause } from 'node:timers/promises'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { stream } from 'hono/streaming'

const orders = new Hono().get('/orders/:id', (c) => c.json({ shop: c.req.param('shop'), order: c.req.param('id') }))
const api = new Hono().basePath('/api/v1').route('/shops/:shop', orders)

const guarded = new Hono()
guarded.onError((error, c) => c.json({ sorry: error.message }, 500))
guarded.get('/fail', async () => {
  throw new TypeError('no such drawer')
})

export const app = new Hono()
app.use('/users/*', async (c, next) => {
  await next()
  c.header('x-seen', 'yes')
})
app.get('/', (c) => c.text('home'))
app.get('/users/:id', async (c) => {
  await pause(1)
  return c.json({ user: c.req.param('id') })
})
app.route('/', api)
app.route('/guarded', guarded)
app.get('/throw', () => {
  throw new Error('no stock', { cause: new RangeError('shelf 7 is empty') })
})
app.get('/reject', async () => {
  await pause(1)
  throw new Error('no stock later')
})
app.get('/teapot', () => {
  throw new HTTPException(418, { message: 'short and stout' })
})
app.get('/down', () => {
  throw new HTTPException(503, { message: 'closed today' })
})
app.get('/stream', (c) =>
  stream(c, async (out) => {
    await out.write('first ')
    await out.write('last')
  }),
)
app.get('/slow', (c) =>
  stream(c, async (out) => {
    const gone = new Promise((resolve) => out.onAbort(resolve))
    await out.write('first')
    await gone
    console.log('the client has gone')
  }),
)
app.post('/echo', async (c) => {
  const body = await c.req.json().catch(() => {
    throw new HTTPException(400, { message: 'no JSON' })
  })
  return c.json(body)
})
app.get('/listeners', (c) => {
  const count = (emitter) =>
    Object.fromEntries(emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)]))
  return c.json({ server: count(server) })
})

let server
export const listening = new Promise((resolve) => {
  server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT ?? 3000) }, ({ port }) => {
    console.log(`listening on http://127.0.0.1:${port}`)
    resolve(server)
  })
})
process.once('SIGTERM', () => server.close())
