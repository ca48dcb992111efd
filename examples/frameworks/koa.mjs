// A shop on Koa 3. Start it with clew and without a line of code: node --import clew/register examples/frameworks/koa.mjs
import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { Router } from '@koa/router'
import Koa from 'koa'

const router = new Router()
router.get('/', (ctx) => {
  ctx.body = 'home'
})
router.get('/users/:id', async (ctx) => {
  await pause(1)
  ctx.body = { user: ctx.params.id }
})
router.get('/throw', () => {
  throw new Error('no stock', { cause: new RangeError('shelf 7 is empty') })
})
router.get('/reject', async () => {
  await pause(1)
  throw new Error('no stock later')
})
router.get('/teapot', (ctx) => ctx.throw(418, 'short and stout'))
router.get('/down', (ctx) => ctx.throw(503, 'closed today'))
router.get('/stream', (ctx) => {
  ctx.type = 'text/plain'
  ctx.body = Readable.from(['first ', 'last'])
})
router.get('/slow', (ctx) => {
  const body = new PassThrough()
  body.write('first')
  ctx.res.on('close', () => console.log('the client has gone'))
  ctx.body = body
})
router.post('/echo', async (ctx) => {
  let text = ''
  for await (const chunk of ctx.req) text += chunk
  try {
    ctx.body = JSON.parse(text)
  } catch {
    ctx.throw(400, 'no JSON')
  }
})
router.get('/listeners', (ctx) => {
  const count = (emitter) =>
    Object.fromEntries(emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)]))
  ctx.body = { app: count(app), server: count(server) }
})

const orders = new Router({ prefix: '/shops/:shop' })
orders.get('/orders/:id', (ctx) => {
  ctx.body = { shop: ctx.params.shop, order: ctx.params.id }
})
const api = new Router({ prefix: '/api/v1' })
api.use(orders.routes())

const guarded = new Router({ prefix: '/guarded' })
guarded.use(async (ctx, next) => {
  try {
    await next()
  } catch (error) {
    ctx.status = 500
    ctx.body = { sorry: error.message }
    ctx.app.emit('error', error, ctx)
  }
})
guarded.get('/fail', () => {
  throw new TypeError('no such drawer')
})

export const app = new Koa()
for (const one of [router, api, guarded]) app.use(one.routes()).use(one.allowedMethods())

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
process.once('SIGTERM', () => server.close())

export const listening = once(server, 'listening').then(() => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`)
  return server
})
