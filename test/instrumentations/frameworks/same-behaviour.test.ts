import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LogEntry } from '../../../src/otlp/decode-entry.ts'
import { startReceiver } from '../../support/otlp-receiver.ts'
import { startProgram, type ProgramEnd } from '../../support/program.ts'
import { until } from '../../support/until.ts'
import { ask, openSocket } from '../http/support/server.ts'
import { SHOPS, type Shop } from './support/shops.ts'

const folder = mkdtempSync(join(tmpdir(), 'clew-frameworks-'))
const config = join(folder, 'config.yaml')
const REGISTER = join(import.meta.dirname, '../../../dist/src/register.js')

beforeAll(() => writeFileSync(config, 'logging:\n  slow_ms: 600000\n  console:\n    enabled: false\n'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Nest takes its time on a busy machine. */
const START_MILLIS = 40_000

/** What a server did, from its start to its end. */
interface Run {
  readonly answers: Readonly<Record<string, string>>
  readonly end: ProgramEnd
  readonly endMillis: number
}

const close = 'Connection: close\r\n'
const requestsOf = ({ prefix, order: [order] }: Shop): Record<string, string> => {
  const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: shop\r\n${close}\r\n`
  const post = (body: string): string =>
    `POST ${prefix}/echo HTTP/1.1\r\nHost: shop\r\n${close}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  const paths = [
    '/users/7',
    '/throw',
    '/reject',
    '/teapot',
    '/down',
    '/guarded/fail',
    '/stream',
    '/nowhere',
    '/listeners',
  ]
  return {
    home: get(prefix === '' ? '/' : prefix),
    order: get(order),
    ...Object.fromEntries(paths.map((path) => [path, get(prefix + path)])),
    outside: get('/outside'),
    head: get(`${prefix}/users/7`).replace('GET', 'HEAD'),
    options: get(`${prefix}/users/7`).replace('GET', 'OPTIONS'),
    delete: get(`${prefix}/users/7`).replace('GET', 'DELETE'),
    echo: post('{"item":"tea"}'),
    'no JSON': post('{"item":'),
  }
}

async function run(shop: Shop, nodeOptions: string[], environment: Record<string, string>): Promise<Run> {
  const { child, ended } = startProgram(
    `examples/frameworks/${shop.name}.mjs`,
    [],
    { PORT: '0', NODE_ENV: 'production', NO_COLOR: '1', CLEW_HOME: folder, ...environment },
    ['--stack-trace-limit=100', ...nodeOptions],
  )
  let stdout = ''
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  try {
    await until('the server', () => stdout.includes('listening on') || child.exitCode !== null, START_MILLIS)
    const port = Number(/listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(stdout)?.[1])
    const answers: Record<string, string> = {}
    for (const [name, request] of Object.entries(requestsOf(shop)))
      answers[name] = visibleAnswer(await ask(port, request))
    const socket = await openSocket(port)
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      answers['aborted'] = visibleAnswer((answers['aborted'] ?? '') + chunk.toString())
      if (chunk.includes('first')) socket.resetAndDestroy()
    })
    socket.write(`GET ${shop.prefix}/slow HTTP/1.1\r\nHost: shop\r\n\r\n`)
    await until('the abort to be seen', () => stdout.includes('the client has gone'))
    const started = performance.now()
    child.kill('SIGTERM')
    const end = await ended
    return { answers, end, endMillis: performance.now() - started }
  } finally {
    child.kill('SIGKILL')
  }
}

/** The bytes of an answer, but for what differs from one request to the next, and the request's id. */
function visibleAnswer(text: string): string {
  return text.replace(/^x-request-id: .*\r\n/im, '').replace(/^date: .*\r\n/im, '')
}

/** What a server wrote, but for frames of Node's and of clew's own (and one of Hono's that V8 leaves out behind ours), lines of files, and what differs from one process to the next. */
function visibleText(text: string): string[] {
  return text
    .split('\n')
    .filter(
      (line) =>
        !/^\s+at .*(\/dist\/(src|instrumentations)\/|node:)|lines matching cause|^ +at #dispatch \(.*hono-base/.test(
          line,
        ),
    )
    .map((line) => line.replace(/:\d+(:\d+\))?$|\[Nest\] \d+ .*?[AP]M|\b[\da-f]{21}\b/g, ''))
    .toSorted()
}

const isClosing = (entry: LogEntry): boolean => /request (completed|aborted)/.test(String(entry.body))

describe.each(SHOPS)('$name', (shop) => {
  test('answers, says and ends the same with clew, and clew tells of each request', async () => {
    const receiver = await startReceiver()
    try {
      const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, CLEW_CONFIG: config }
      const plain = await run(shop, [], {})
      const observed = await run(shop, ['--import', REGISTER], environment)
      expect(observed.answers).toEqual(plain.answers)
      expect(observed.answers['/stream']).toContain('last')
      expect(visibleText(observed.end.stdout)).toEqual(visibleText(plain.end.stdout))
      expect(visibleText(observed.end.stderr)).toEqual(visibleText(plain.end.stderr))
      expect([observed.end.code, observed.end.signal]).toEqual([plain.end.code, plain.end.signal])
      expect(observed.endMillis).toBeLessThan(plain.endMillis + 4_000)
      expect(told(shop, receiver.logs.filter(isClosing))).toEqual(expected(shop))
      const closing = new Map(receiver.logs.filter(isClosing).map((entry) => [entry.spanId, entry.attributes]))
      expect(closing.size).toBe(receiver.spans.length)
      for (const span of receiver.spans) {
        const {
          'http.route': route,
          'error.type': type,
          'http.request.method': method,
        } = closing.get(span.spanId) ?? {}
        expect([span.attributes['http.route'], span.attributes['error.type']]).toEqual([route, type])
        expect(span.name).toBe(route === undefined ? method : `${String(method)} ${String(route)}`)
      }
    } finally {
      await receiver.close()
    }
  })
})

/** What the closing records say, a line for each request. */
function told({ prefix }: Shop, entries: readonly LogEntry[]): string[] {
  return entries
    .map(({ severityText, body, attributes: all }) => {
      const place = `${String(all['http.request.method'])} ${String(all['url.path']).replace(prefix, '')}`
      const error = [all['error.type'], all['exception.message'], causeOf(String(all['exception.stacktrace']))]
      const said = [place, all['http.response.status_code'], severityText, all['http.route'], ...error, body]
      return said.map((part) => String(part ?? '-')).join(' ')
    })
    .toSorted()
}

const causeOf = (stack: string): string | undefined => /Caused by: (.*)/.exec(stack)?.[1]

function expected(shop: Shop): string[] {
  const { prefix, order, name } = shop
  const DONE = 'request completed'
  const at = (path: string): string => prefix + path
  const own = (framework: string, one: string, other: string): string => (name.endsWith(framework) ? one : other)
  const down = name.startsWith('nest')
    ? 'ServiceUnavailableException'
    : own('koa', 'ServiceUnavailableError', own('hono', 'HTTPException', 'Error'))
  // Express and Koa's router answer for the paths that they know; the others have no route for them.
  const options = name === 'koa' || name.startsWith('express') ? '200 INFO' : '404 WARNING'
  const notAllowed = name === 'koa' ? '405' : '404'
  const fail = (path: string, error: string): string => `GET ${path} 500 ERROR ${at(path)} ${error} ${DONE}`
  const ok = (path: string, route: string): string => `GET ${path} 200 INFO ${route} - - - ${DONE}`
  return [
    ok(prefix === '' ? '/' : '', prefix === '' ? '/' : prefix),
    ok(order[0].replace(prefix, ''), order[1]),
    ok('/users/7', at('/users/:id')),
    `HEAD /users/7 200 INFO ${at('/users/:id')} - - - ${DONE}`,
    `OPTIONS /users/7 ${options} - - - - ${DONE}`,
    `DELETE /users/7 ${notAllowed} WARNING - - - - ${DONE}`,
    fail('/throw', 'Error no stock RangeError: shelf 7 is empty'),
    fail('/reject', 'Error no stock later -'),
    `GET /teapot 418 WARNING ${at('/teapot')} - - - ${DONE}`,
    `GET /down 503 ERROR ${at('/down')} ${down} closed today - ${DONE}`,
    fail('/guarded/fail', 'TypeError no such drawer -'),
    ok('/stream', at('/stream')),
    ok('/listeners', at('/listeners')),
    `GET /nowhere 404 WARNING - - - - ${DONE}`,
    `GET /outside 404 WARNING - - - - ${DONE}`,
    `POST /echo ${name.startsWith('nest') ? '201' : '200'} INFO ${at('/echo')} - - - ${DONE}`,
    // Nest parses bodies before it looks for a route.
    `POST /echo 400 WARNING ${name === 'nest-express' ? '-' : at('/echo')} - - - ${DONE}`,
    `GET /slow 200 WARNING ${at('/slow')} aborted - - request aborted`,
  ].toSorted()
}
