import { describe, expect, test } from 'vitest'
import { hasRedisServer } from '../support/redis-server.ts'
import { runInstrumented } from './instrumented-program.ts'

const REGISTER = ['--import', 'clew/register']
const said = (logs: readonly { readonly body: unknown }[]): unknown[] => logs.map(({ body }) => body).toSorted()

describe.runIf(hasRedisServer())('the whole set of OpenTelemetry beside clew', () => {
  test('leaves one span for each request, call and command, and one record for each line', async () => {
    const { tree, logs, spans, status } = await runInstrumented('whole-set.mjs', { redis: true })
    expect(tree.filter((line) => !line.includes('net: tcp.connect'))).toEqual([
      'redis: redis-connect',
      'http: GET',
      '  http: GET /orders/:id',
      '    router: middleware - patched',
      '      express: middleware - audit',
      '    router: middleware - patched',
      '      express: request handler',
      '        router: request handler - /orders/:id',
      '          http: GET',
      '          http: GET',
      '          redis: SET',
      '          redis: redis-SET',
    ])
    expect(said(logs)).toEqual([
      'Redis connected',
      'Redis disconnected',
      'external API call',
      'external API call',
      'external API call',
      'looked up',
      'request completed',
    ])
    expect(logs.find(({ body }) => body === 'request completed')?.attributes['http.route']).toBe('/orders/:id')
    expect(JSON.stringify(spans)).not.toMatch(/secret-/)
    expect(status['@opentelemetry/instrumentation-http']).toBe('left out, since clew tells the same itself; to have this one instead: init({ http: false })') // prettier-ignore
    expect(status['@opentelemetry/instrumentation-pino']).toBe('left out, since clew tells the same itself; to have this one instead: init({ loggers: { pino: false } })') // prettier-ignore
    expect(status['@opentelemetry/instrumentation-redis']).toBe('+ enabled for redis before 5.12 and ioredis before 5.11; newer ones clew hears itself') // prettier-ignore
    expect(status['@opentelemetry/instrumentation-express']).toBe('+ enabled')
  })

  test("tells requests, commands and lines itself where clew's own are off", async () => {
    const { tree, logs, spans } = await runInstrumented('whole-set.mjs', { redis: true, args: ['theirs'] })
    expect(tree.filter((line) => !line.includes('net: tcp.connect'))).toEqual([
      'redis: redis-connect',
      'redis: redis-connect',
      'http: GET',
      '  http: GET /orders/:id',
      '    router: middleware - patched',
      '      express: middleware - audit',
      '    router: middleware - patched',
      '      express: request handler',
      '        router: request handler - /orders/:id',
      '          undici: GET',
      '          http: GET',
      '          redis: redis-SET',
      '          redis: redis-SET',
    ])
    expect(said(logs)).toEqual(['looked up'])
    expect(new Set(spans.map(({ scope }) => scope.name.startsWith('@opentelemetry/')))).toEqual(new Set([true]))
    expect(JSON.stringify(spans)).not.toMatch(/secret-/)
  })

  test.each(['registered.mjs', 'registered.cjs'])('is named in a variable, without code, in %s', async (file) => {
    const environment = { CLEW_INSTRUMENTATIONS: 'express, redis, dns, fs, http' }
    const { tree, spans } = await runInstrumented(file, { redis: true, environment, nodeOptions: REGISTER })
    const request = tree.indexOf('  http: GET /orders/:id')
    expect(tree.slice(request - 1)).toEqual([
      'http: GET',
      '  http: GET /orders/:id',
      '    express: request handler',
      '      dns: dns.lookup',
      '      fs: fs readFile',
      '      redis: redis-SET',
    ])
    expect(JSON.stringify(spans)).not.toMatch(/secret-/)
  })

  test('is loaded as a whole by a variable, by the rules of its own variables', async () => {
    const environment = { CLEW_INSTRUMENTATIONS: 'auto', OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'dns,net,router' }
    const { tree } = await runInstrumented('registered.mjs', { redis: true, environment, nodeOptions: REGISTER })
    expect(tree).toEqual([
      'redis: redis-connect',
      'http: GET',
      '  http: GET /orders/:id',
      '    express: request handler',
      '      redis: redis-SET',
    ])
  })
})

describe.runIf(hasRedisServer())("OpenTelemetry's instrumentations of Redis clients", () => {
  test.each(['made', 'loaded'])(
    'tell of older clients only, and no arguments, where clients are %s first',
    async (when) => {
      const older = await runInstrumented('redis.mjs', { redis: true, args: [when, 'redis4'] })
      expect(older.tree).toEqual(['redis: redis-connect', 'test: redis4', '  redis: redis-GET', '  redis: redis-SET'])
      expect(older.spans.map(({ attributes }) => attributes['db.query.text'])).toEqual([
        undefined,
        'GET',
        'SET',
        undefined,
      ])
      expect(JSON.stringify(older.spans)).not.toMatch(/secret-/)
    },
  )

  test('leave newer clients to clew', async () => {
    const { tree, spans } = await runInstrumented('redis.mjs', { redis: true, args: ['made', 'redis5,redis,ioredis'] })
    expect(tree).toEqual([
      ...['redis5', 'redis'].flatMap((name) => [`test: ${name}`, '  redis: GET', '  redis: MULTI SET']),
      'redis: PING',
      'test: ioredis',
      '  redis: GET',
    ])
    expect(new Set(spans.map(({ scope }) => scope.name))).toEqual(new Set(['redis', 'test']))
  })

  test('leave those to clew that were loaded before init()', async () => {
    const { tree } = await runInstrumented('redis.mjs', { redis: true, args: ['loaded', 'redis,ioredis'] })
    const rest = tree.filter((line) => line !== 'redis: redis-connect')
    expect(rest).toEqual([
      'test: redis',
      '  redis: GET',
      '  redis: MULTI',
      'redis: PING',
      'test: ioredis',
      '  redis: GET',
    ])
  })

  test('write commands as the user says', async () => {
    const { spans } = await runInstrumented('redis.mjs', { redis: true, args: ['made', 'redis4', 'mine'] })
    const texts = spans.flatMap(({ attributes }) => attributes['db.query.text'] ?? [])
    expect(texts).toEqual(['GET secret-key by mine', 'SET secret-key by mine'])
  })
})

describe('an instrumentation that init() was not given', () => {
  test('and that was at work before it tells requests instead of clew, which says so', async () => {
    const { tree, logs, status } = await runInstrumented('elsewhere.mjs', { args: ['before'] })
    expect(tree).toEqual(['undici: GET', '  http: GET', '    http: GET', '      http: GET'])
    expect(said(logs)).toEqual(['outer'])
    expect(status['http']).toMatch(/^left out: @opentelemetry\/instrumentation-http was at work before init\(\)/)
  })

  test('and that came after it is left out, and that is said', async () => {
    const { tree, logs, status, spans } = await runInstrumented('elsewhere.mjs', { args: ['after'] })
    expect(tree).toEqual(['http: GET', '  http: GET', '    http: GET', '      http: GET'])
    expect(new Set(spans.map(({ scope }) => scope.name))).toEqual(new Set(['http']))
    expect(said(logs)).toEqual(['external API call', 'external API call', 'outer', 'request completed', 'request completed']) // prettier-ignore
    expect(status).toMatchObject({
      http: '+ servers and clients of node:http and node:https, servers of node:http2, fetch and undici',
      '@opentelemetry/instrumentation-undici':
        'put to work outside of init(); left out, since clew tells the same itself; to have this one instead: init({ http: false })',
    })
  })

  test('and that works for another SDK keeps telling requests to it, alone', async () => {
    const environment = { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'net', OTEL_NODE_RESOURCE_DETECTORS: 'none' }
    const nodeOptions = ['--import', '@opentelemetry/auto-instrumentations-node/register']
    const note = expect.stringMatching(/^clew: NodeSDK.* \[foreign_sdk\]\n$/)
    const { tree, status } = await runInstrumented('elsewhere.mjs', { environment, nodeOptions }, note)
    expect(tree).toEqual(['undici: GET', '  http: GET', '    http: GET', '      http: GET'])
    expect(status['http']).toMatch(/^left out/)
  })
})

describe("OpenTelemetry's instrumentation of", () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['express', ['express'], ['express: middleware - identify', 'express: router - /:id', 'express: request handler']],
    ['koa', ['koa'], ['koa: middleware - identify', '  koa: router - /tenants/:tenant/orders/:id']],
  ])("%s makes its spans below clew's, and tells the whole route", async (framework, names, below) => {
    const { tree, logs } = await runInstrumented('frameworks.mjs', { args: [framework, ...names] })
    const route = '/tenants/:tenant/orders/:id'
    expect(tree).toEqual(['http: GET', `  http: GET ${route}`, ...below.map((line) => `    ${line}`)])
    const completed = logs.find(({ body }) => body === 'request completed')
    expect(completed?.attributes).toMatchObject({ 'http.route': route, 'http.response.status_code': 200 })
  })

  test("Node's own modules makes its spans below clew's", async () => {
    const { tree } = await runInstrumented('frameworks.mjs', { args: ['node', 'dns', 'net', 'fs'] })
    const request = tree.indexOf('  http: GET')
    expect(tree.slice(request, request + 4)).toEqual([
      '  http: GET',
      '    dns: dns.lookup',
      '    fs: fs readFile',
      '    net: tcp.connect',
    ])
  })
})

test('a library that was imported too early, or is too new, is named, with the cure', async () => {
  const { status } = await runInstrumented('late.mjs')
  expect(status).toMatchObject({
    '@opentelemetry/instrumentation-express':
      'too late for express, loaded before it or by an import that no hook hears: name it in CLEW_INSTRUMENTATIONS and start with node --import clew/register',
    '@opentelemetry/instrumentation-nestjs-core':
      'does not know the version that is loaded: @nestjs/core 12.5.1 (>=4.0.0 <12); update it',
  })
})
