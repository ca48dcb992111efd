import { Router } from '@koa/router'
import { getRequestListener } from '@hono/node-server'
import Fastify, { type FastifyInstance } from 'fastify'
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { Hono as TinyHono } from 'hono/tiny'
import Koa from 'koa'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { connect, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { observeFramework } from '../../../dist/instrumentations/frameworks/index.js'
import { until } from '../../support/until.ts'
import { call, startServer, type TestServer } from '../http/support/server.ts'
import { Observed } from './support/observed.ts'

let observed: Observed
let stops: (() => Promise<unknown>)[] = []

beforeEach(() => void (observed = new Observed()))
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
  observed.stop()
})

const closing = () => observed.records.filter(({ event }) => event === 'API_REQUEST')

async function serve(listener: RequestListener): Promise<TestServer> {
  const server = await startServer(listener)
  stops.push(() => server.stop())
  return server
}

/** Asks once. @returns the closing record's status, route and the error's message */
async function ask(url: string, ...options: [method?: string, body?: string]): Promise<unknown[]> {
  const [method = 'GET', body] = options
  const before = closing().length
  await call(url, { method, headers: { 'content-type': 'application/json' } }, body)
  await until('the closing record', () => closing().length > before)
  return last()
}

function last(): unknown[] {
  const { error, fields } = closing().at(-1) as (typeof observed.records)[number]
  return [fields['http.response.status_code'], fields['http.route'], error?.message]
}

describe('Fastify', () => {
  async function listen(app: FastifyInstance): Promise<string> {
    stops.push(() => app.close())
    return app.listen({ host: '127.0.0.1', port: 0 })
  }

  test('tells what fails in front of the handler and behind it, and where', async () => {
    const app = Fastify()
    const failing = (place: string) => async (): Promise<never> => {
      throw new Error(`${place} failed`)
    }
    for (const place of [
      'onRequest',
      'preParsing',
      'preValidation',
      'preHandler',
      'preSerialization',
      'onSend',
    ] as const)
      app.get(`/${place}/:id`, { [place]: failing(place) }, async () => ({ fine: true }))
    const url = await listen(app)
    for (const place of ['onRequest', 'preParsing', 'preValidation', 'preHandler', 'preSerialization', 'onSend'])
      expect(await ask(`${url}/${place}/7`)).toEqual([500, `/${place}/:id`, `${place} failed`])
  })

  test('tells the route of an answer that a hook gave, and no error that is the client own', async () => {
    const app = Fastify()
    app.get('/denied/:id', { onRequest: async (_request, reply) => reply.code(401).send({}) }, async () => 'never')
    app.post('/valid/:id', { schema: { body: { type: 'object', required: ['item'] } } }, async () => 'fine')
    const url = await listen(app)
    expect(await ask(`${url}/denied/7`)).toEqual([401, '/denied/:id', undefined])
    expect(await ask(`${url}/valid/7`, 'POST', '{}')).toEqual([400, '/valid/:id', undefined])
    expect(await ask(`${url}/valid/7`, 'POST', '{')).toEqual([400, '/valid/:id', undefined])
  })

  test('tells the error that its error handler failed at, and what is no error but thrown', async () => {
    const app = Fastify()
    app.setErrorHandler(() => {
      throw new Error('the handler of errors failed')
    })
    app.get('/twice', async () => {
      throw new Error('first')
    })
    const url = await listen(app)
    expect(await ask(`${url}/twice`)).toEqual([500, '/twice', 'the handler of errors failed'])
    const plain = Fastify()
    plain.get('/text', async () => {
      // eslint-disable-next-line no-throw-literal, typescript/only-throw-error
      throw 'just text'
    })
    expect(await ask(`${await listen(plain)}/text`)).toEqual([500, '/text', 'just text'])
  })
})

describe('Koa', () => {
  test('tells the route where the router answers itself, and none for a method that it does not have', async () => {
    const app = new Koa()
    const router = new Router({ prefix: '/shops/:shop' })
    router.use((ctx, next) => {
      if (ctx.query['key'] === undefined) ctx.throw(401, 'no key')
      return next()
    })
    router.get('/orders/:id', (ctx) => void (ctx.body = 'fine'))
    app.use(router.routes()).use(router.allowedMethods())
    const { url } = await serve(app.callback())
    expect(await ask(`${url}/shops/1/orders/2?key=1`)).toEqual([200, '/shops/:shop/orders/:id', undefined])
    expect(await ask(`${url}/shops/1/orders/2`)).toEqual([401, '/shops/:shop/orders/:id', undefined])
    expect(await ask(`${url}/shops/1/orders/2`, 'DELETE')).toEqual([405, undefined, undefined])
    expect(await ask(`${url}/elsewhere`)).toEqual([404, undefined, undefined])
  })

  test('tells errors to its own listeners as before, and has no more of them', async () => {
    const heard: unknown[] = []
    const app = new Koa()
    app.on('error', (error: Error) => heard.push(error.message))
    app.use(() => {
      throw new Error('no stock')
    })
    const { url } = await serve(app.callback())
    expect(await ask(url)).toEqual([500, undefined, 'no stock'])
    expect([heard, app.listenerCount('error')]).toEqual([['no stock'], 1])
  })

  test('is heard over HTTP/2, too', async () => {
    const app = new Koa()
    const router = new Router().get('/users/:id', (ctx) => void (ctx.body = 'fine'))
    app.use(router.routes())
    const server = createHttp2Server(app.callback() as never)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    await once(session.request({ ':path': '/users/7' }).resume(), 'close')
    await until('the closing record', () => closing().length === 1)
    expect(last()).toEqual([200, '/users/:id', undefined])
    session.close()
    await new Promise((resolve) => server.close(resolve))
  })
})

describe('Hono', () => {
  const listener = (app: { fetch: Hono['fetch'] }): RequestListener => getRequestListener(app.fetch)

  test('tells the handler that was reached, not a middleware, nor a route for everything', async () => {
    const app = new Hono()
    app.use(async (_c, next) => next())
    app.use('/admin/*', async (c, next) => (c.req.query('key') === undefined ? c.text('no', 401) : next()))
    app.get('/admin/users/:id', (c) => c.text('fine'))
    app.all('/any/:id', (c) => c.text('fine'))
    app.get('/files/*', (c) => c.text('none', 404))
    app.use('/static/*', async (c, _next) => c.text('a file'))
    const { url } = await serve(listener(app))
    expect(await ask(`${url}/admin/users/7?key=1`)).toEqual([200, '/admin/users/:id', undefined])
    expect(await ask(`${url}/admin/users/7`)).toEqual([401, '/admin/users/:id', undefined])
    expect(await ask(`${url}/any/7`, 'PUT')).toEqual([200, '/any/:id', undefined])
    expect(await ask(`${url}/files/a/b`)).toEqual([404, undefined, undefined])
    expect(await ask(`${url}/static/a.css`)).toEqual([200, '/static/*', undefined])
    expect(await ask(`${url}/nowhere`)).toEqual([404, undefined, undefined])
  })

  test('tells what a handler throws where a middleware stands in front of it, and what is not an Error', async () => {
    const app = new Hono()
    app.onError((_error, c) => c.text('sorry', 500))
    app.use('/behind/*', async (_c, next) => next())
    app.get('/behind/:id', () => {
      throw new HTTPException(502, { message: 'no answer' })
    })
    app.get('/text', async () => {
      // eslint-disable-next-line no-throw-literal, typescript/only-throw-error
      throw 'just text'
    })
    const { url } = await serve(listener(app))
    expect(await ask(`${url}/behind/7`)).toEqual([500, '/behind/:id', 'no answer'])
    expect(await ask(`${url}/text`)).toEqual([500, '/text', 'just text'])
  })

  test('of an application that answered before clew started, the status names the cure, and the cure helps', async () => {
    observed.frameworks.disable()
    const app = new Hono().get('/users/:id', (c) => c.text('fine'))
    const server = await serve(listener(app))
    await call(`${server.url}/users/7`)
    observed.frameworks.enable()
    expect(await ask(`${server.url}/users/7`)).toEqual([200, undefined, undefined])
    expect(observed.frameworks.status().detail).toContain('observeFramework(app) of clew/instrumentations/frameworks')
    observeFramework(app)
    expect(await ask(`${server.url}/users/7`)).toEqual([200, '/users/:id', undefined])
    expect(observed.frameworks.status().detail).toContain('hono: heard')
  })

  test('with another router than its usual ones is observed by its application', async () => {
    const app = new TinyHono().get('/users/:id', (c) => c.text('fine'))
    const server = await serve(listener(app))
    observeFramework(app)
    expect(await ask(`${server.url}/users/7`)).toEqual([200, '/users/:id', undefined])
    expect(await ask(`${server.url}/users/8`)).toEqual([200, '/users/:id', undefined])
  })
})

test('an application that was observed is not kept when the program lets it go', async () => {
  const observe = (): WeakRef<object> => {
    const app = new TinyHono()
    observeFramework(app)
    return new WeakRef(app)
  }
  const app = observe()
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  await until('its end', () => {
    collectGarbage()
    return app.deref() === undefined
  })
  observed.frameworks.disable()
  observed.frameworks.enable()
  expect(observed.failures).toEqual([])
})

test('what is no application is refused', () => {
  expect(() => observeFramework(createServer())).toThrow(
    'observeFramework: allowed: an application of Express, Fastify, Hono, Koa or NestJS',
  )
})
