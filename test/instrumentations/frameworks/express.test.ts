import express, { type Application, type Request, type Response } from 'express'
import { createRequire } from 'node:module'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { call, openSocket, startServer, type TestServer } from '../http/support/server.ts'
import { Observed } from './support/observed.ts'

const EXPRESS_4: typeof express = createRequire(import.meta.url)('express4')

let observed: Observed
let server: TestServer | undefined

beforeEach(() => void (observed = new Observed()))
afterEach(async () => {
  await server?.stop()
  observed.stop()
})

/** Asks once. @returns the closing record's status, route, level, and the error's message */
async function ask(app: Application, path: string): Promise<unknown[]> {
  server ??= await startServer(app)
  const before = closing().length
  await call(server.url + path)
  await until('the closing record', () => closing().length > before)
  const { level, error, fields } = closing().at(-1) as (typeof observed.records)[number]
  return [fields['http.response.status_code'], fields['http.route'], level, error?.message]
}

const closing = () => observed.records.filter(({ event }) => event === 'API_REQUEST')

afterEach(() => void (server = undefined))

describe.each([
  ['Express 5', express, '/*path'],
  ['Express 4', EXPRESS_4, '/*'],
])('in %s', (name, make, everything) => {
  const answer = (_request: Request, response: Response): void => void response.send('fine')
  const rest = <A extends Application>(app: A): A => {
    // Not the default handler, which writes to the console.
    app.use((_error: unknown, _request: Request, response: Response, _next: unknown) => response.status(500).end())
    return app
  }

  test('a mount is told as it is written, also of an application in an application', async () => {
    const orders = make.Router().get('/', answer).get('/:id', answer)
    const inner = make()
    inner.use('/orders', orders)
    const app = make()
    app.use('/tenants/:tenant', inner)
    expect(await ask(app, '/tenants/acme/orders/7')).toEqual([200, '/tenants/:tenant/orders/:id', 'INFO', undefined])
    expect(await ask(app, '/tenants/other/orders')).toEqual([200, '/tenants/:tenant/orders', 'INFO', undefined])
  })

  test('a router that is mounted twice is told by the place that was asked for', async () => {
    const orders = make.Router().get('/:id', answer)
    const app = make()
    app.use('/old', orders)
    app.use('/shops/:shop/new', orders)
    expect(await ask(app, '/old/1')).toEqual([200, '/old/:id', 'INFO', undefined])
    expect(await ask(app, '/shops/5/new/1')).toEqual([200, '/shops/:shop/new/:id', 'INFO', undefined])
  })

  test('a mount that is no path makes no new values without end', async () => {
    const app = make()
    app.use(/^\/shops\/\d+/, make.Router().get('/list', answer))
    const [, route] = await ask(app, '/shops/55/list')
    expect(route).toBe(name === 'Express 5' ? '/^\\/shops\\/\\d+//list' : '/shops/:mounted/list')
  })

  test('a router that a function of the program hands to makes no new values without end', async () => {
    const lazy = make.Router().get('/items', answer)
    const app = make()
    app.use('/shops/:shop', (request, response, next) => lazy(request, response, next))
    const names = Array.from({ length: 52 }, (_, at) => (at < 26 ? 'a' : 'b') + String.fromCharCode(97 + (at % 26)))
    const routes: unknown[] = []
    for (const shop of [...names, 'aa']) routes.push((await ask(app, `/shops/${shop}/items`))[1])
    const concrete = names.slice(0, 50).map((shop) => `/shops/${shop}/items`)
    expect(routes).toEqual([...concrete, '/:mounted/items', '/:mounted/items', '/shops/aa/items'])
  })

  test('what is found nowhere has no route: not by a route for everything, nor by one that hands on', async () => {
    const app = make()
    app.get('/users/:id', (_request, _response, next) => next())
    app.get('/files/:id', (_request, response) => void response.status(404).end())
    app.all(everything, (_request, response) => void response.status(404).end())
    expect(await ask(app, '/users/7')).toEqual([404, undefined, 'WARNING', undefined])
    expect(await ask(app, '/nowhere')).toEqual([404, undefined, 'WARNING', undefined])
    expect(await ask(app, '/files/7')).toEqual([404, '/files/:id', 'WARNING', undefined])
  })

  test('a route that hands on to nobody has none either', async () => {
    const app = make()
    app.get('/users/:id', (_request, _response, next) => next())
    expect(await ask(app, '/users/7')).toEqual([404, undefined, 'WARNING', undefined])
  })

  test('the error that was answered is told, not one that a handler recovered from', async () => {
    const app = make()
    app.get('/both', (_request, _response, next) => next(new Error('first')))
    app.use((_error: unknown, _request: Request, _response: Response, next: (error?: unknown) => void) =>
      next(new Error('second')),
    )
    expect(await ask(rest(app), '/both')).toEqual([500, '/both', 'ERROR', 'second'])
  })

  test('an error that was answered with a redirect is no error', async () => {
    const app = make()
    app.get('/page', (_request, _response, next) => next(new Error('not here')))
    app.use((_error: unknown, _request: Request, response: Response, _next: unknown) => response.redirect('/'))
    expect(await ask(app, '/page')).toEqual([302, '/page', 'INFO', undefined])
  })

  test('signals between routes are no errors', async () => {
    const app = make()
    const inner = make.Router().get('/users', (_request, _response, next) => next('router'))
    app.use(inner)
    app.get('/users', (_request, _response, next) => next('route'))
    app.get('/users', (_request, response) => void response.status(500).end())
    expect(await ask(app, '/users')).toEqual([500, '/users', 'ERROR', undefined])
  })

  test('a body whose client goes away is an aborted request, not a failed one', async () => {
    const app = make()
    app.post('/upload', make.json(), answer)
    server = await startServer(rest(app))
    const socket = await openSocket(server.port)
    socket.on('error', () => {})
    const arrived = new Promise((resolve) => server?.server.once('request', resolve))
    socket.write('POST /upload HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{')
    await arrived
    socket.resetAndDestroy()
    const { level, error } = await observed.record('request aborted')
    expect([level, error]).toEqual(['WARNING', undefined])
  })

  test('an answer that breaks off since its handler failed is told with the error', async () => {
    const app = make()
    app.get('/half', (_request, response, next) => {
      response.write('half')
      setImmediate(() => next(new Error('disk gone')))
    })
    app.use((_error: unknown, _request: Request, response: Response, _next: unknown) => void response.destroy())
    server = await startServer(app)
    await call(`${server.url}/half`).catch(() => {})
    await until('the closing record', () => closing().length > 0)
    const [{ level, error, fields }] = closing() as [(typeof observed.records)[number]]
    expect([level, error?.message, fields['http.route']]).toEqual(['ERROR', 'disk gone', '/half'])
  })

  test('after disable nothing is told any more, and after enable it is again', async () => {
    const app = make()
    app.get('/fail', (_request, _response, next) => next(new Error('no')))
    observed.frameworks.enable()
    expect(await ask(rest(app), '/fail')).toEqual([500, '/fail', 'ERROR', 'no'])
    observed.frameworks.disable()
    // Newer copies of Express keep the errors themselves.
    expect((await ask(app, '/fail'))[3]).toBe(name === 'Express 5' ? 'no' : undefined)
    observed.frameworks.enable()
    expect(await ask(app, '/fail')).toEqual([500, '/fail', 'ERROR', 'no'])
  })
})
