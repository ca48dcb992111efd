import express, { type NextFunction, type Request, type Response } from 'express'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bindContext } from '../../../src/context/index.ts'
import { getLogger } from '../../../src/logging/index.ts'
import { routeOf } from '../../../instrumentations/http/route.ts'
import { Recording } from './support/recording.ts'
import { call, startServer, type TestServer } from './support/server.ts'

let recording: Recording
let server: TestServer

beforeEach(async () => {
  recording = new Recording()
  const router = express.Router()
  router.get('/', (_request, response) => void response.send('list'))
  router.get('/:id', (_request, response) => void response.send('one'))
  router.get('/:id/fail', async () => {
    await Promise.resolve()
    throw new Error('no stock')
  })
  router.post('/', express.json(), (request, response) => {
    getLogger('orders').info('order placed', { item: (request.body as { item: string }).item })
    response.status(201).json(request.body)
  })
  const app = express()
  app.use((_request, _response, next) => {
    bindContext({ 'user.id': 'u-7' })
    next()
  })
  app.get('/hello/:name', (_request, response) => void response.send('hello'))
  app.use('/api/v1/orders', router)
  app.use('/shops/:shop/orders', router)
  app.use(
    (_error: unknown, _request: Request, response: Response, _next: NextFunction) =>
      void response.status(500).send('sorry'),
  )
  server = await startServer(app)
})

afterEach(async () => {
  await server.stop()
  recording.stop()
})

test.each([
  ['/hello/ann?x=1', 200, '/hello/:name'],
  ['/api/v1/orders', 200, '/api/v1/orders'],
  ['/api/v1/orders/7', 200, '/api/v1/orders/:id'],
  ['/api/v1/orders/7/fail', 500, '/api/v1/orders/:id/fail'],
  ['/shops/55/orders/7', 200, '/shops/:shop/orders/:id'],
  ['/nowhere', 404, undefined],
])('%s is answered with %d and told by its route', async (path, status, route) => {
  expect((await call(server.url + path)).status).toBe(status)
  const span = await recording.span('SERVER')
  expect([span.name, span.attributes['http.route']]).toEqual([route === undefined ? 'GET' : `GET ${route}`, route])
  expect((await recording.record('request completed')).fields['http.route']).toBe(route)
})

test('middleware, body parsers and handlers run within the request', async () => {
  const options = { method: 'POST', headers: { 'content-type': 'application/json', 'x-request-id': 'r-1' } }
  const answer = await call(`${server.url}/api/v1/orders`, options, '{"item":"tea"}')
  expect([answer.status, answer.body, answer.headers['x-request-id']]).toEqual([201, '{"item":"tea"}', 'r-1'])
  const span = await recording.span('SERVER')
  expect(await recording.record('order placed')).toMatchObject({
    trace_id: span.trace_id,
    span_id: span.span_id,
    fields: { item: 'tea', 'clew.request.id': 'r-1', 'user.id': 'u-7', 'url.path': '/api/v1/orders' },
  })
})

test.each([
  [{ path: '/:id' }, '', '/api/7', '/api/:id'],
  [{ path: '/files/*path' }, '', '/files/a/b', '/files/*path'],
  [{ path: /^\/x/ }, '/api', '/api/x', '/api/^\\/x/'],
  [{ path: '/' }, '/tenants/0b1c', '/tenants/0b1c', '/tenants/:mounted'],
  [{}, '', '/x', undefined],
  [undefined, '', '/x', undefined],
])('of the route %o mounted at "%s", %s tells %s', (route, baseUrl, path, expected) => {
  expect(routeOf({ route, baseUrl } as never, path)).toBe(expected)
})

test('a route that its application does not have is looked for once', () => {
  let looks = 0
  const app = {
    get router() {
      looks++
      return { stack: [] }
    },
  }
  const request = { app, route: { path: '/items' }, baseUrl: '/shops' } as never
  expect([routeOf(request, '/shops/items'), routeOf(request, '/shops/items'), looks]).toEqual([
    '/shops/items',
    '/shops/items',
    1,
  ])
})
