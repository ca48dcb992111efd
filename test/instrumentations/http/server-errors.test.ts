import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { serverRequestOf } from '../../../instrumentations/http/index.ts'
import { runProgram } from '../../support/program.ts'
import { Recording } from './support/recording.ts'
import { ask, get, startServer, type TestServer } from './support/server.ts'

let recording: Recording | undefined
let server: TestServer | undefined

afterEach(async () => {
  await server?.stop()
  recording?.stop()
  server = recording = undefined
})

interface Line {
  readonly message: string
  readonly level: string
  readonly event?: string
  readonly status_code?: number
  readonly error_type?: string
  readonly error?: { readonly message: string; readonly stack: string }
  readonly trace_id?: string
}

async function linesOf(...args: string[]): Promise<{ code: number | null; stderr: string; lines: Line[] }> {
  const { code, stdout, stderr } = await runProgram('test/instrumentations/http/fixtures/failing.mjs', args, {})
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
  return { code, stderr, lines }
}

test('a request whose handler throws, and with it ends the process, is told with its stack before that', async () => {
  const { code, lines } = await linesOf('throws')
  expect(code).toBe(1)
  const closing = lines.find(({ event }) => event === 'API_REQUEST')
  expect(closing).toMatchObject({ level: 'ERROR', message: 'request failed', error_type: 'E_ORDER' })
  expect(closing).not.toHaveProperty('status_code')
  expect(closing?.error?.stack).toMatch(/the handler is broken\n\s+at .*failing\.mjs/)
})

test.each([
  ['throws, in a program that goes on and answers with 500', 'throws'],
  ['is rejected, in a server that captures that and has Node answer with 500', 'rejects'],
])('a request whose handler %s is told with both', async (_case, way) => {
  const { code, lines } = await linesOf(way, 'survive')
  expect(code).toBe(0)
  const closing = lines.filter(({ event }) => event === 'API_REQUEST')
  expect(closing).toHaveLength(1)
  expect(closing[0]).toMatchObject({
    level: 'ERROR',
    message: 'request completed',
    status_code: 500,
    error_type: 'E_ORDER',
    error: { message: 'the handler is broken' },
  })
})

test('a throw that is caught above the server changes nothing, and no listener is left', async () => {
  recording = new Recording()
  const before = process.listenerCount('uncaughtExceptionMonitor')
  const raw = createServer(() => {
    throw new Error('caught')
  })
  const emit = raw.emit.bind(raw) as (...args: unknown[]) => boolean
  raw.emit = (...args: unknown[]) => {
    try {
      return emit(...args)
    } catch {
      ;(args[2] as { end(text: string): void }).end('caught')
      return true
    }
  }
  await once(raw.listen(0, '127.0.0.1'), 'listening')
  expect(await ask((raw.address() as AddressInfo).port, get('/'))).toContain('caught')
  expect(await recording.record('request completed')).toMatchObject({ level: 'INFO', error: undefined })
  expect(process.listenerCount('uncaughtExceptionMonitor')).toBe(before)
  raw.close()
})

test('an error that a framework answered with 500 is on record and span, by its class; the first one told counts', async () => {
  recording = new Recording()
  server = await startServer((request, response) => {
    serverRequestOf(request)?.fail(new TypeError('first'))
    serverRequestOf(Object.create(response) as object)?.fail(new RangeError('second'))
    serverRequestOf(request)?.route('/orders/:id')
    response.writeHead(500).end()
  })
  await ask(server.port, get('/orders/7'))
  const record = await recording.record('request completed')
  expect(record).toMatchObject({ level: 'ERROR', fields: { 'error.type': 'TypeError', 'http.route': '/orders/:id' } })
  expect(record.error).toMatchObject({ type: 'TypeError', message: 'first' })
  const span = await recording.span('SERVER')
  expect(span).toMatchObject({ name: 'GET /orders/:id', status: 'ERROR', attributes: { 'error.type': 'TypeError' } })
  expect(span.events).toEqual([])
})

test('an error that was answered as the mistake of the client is none of the server', async () => {
  recording = new Recording()
  server = await startServer((request, response) => {
    serverRequestOf(request)?.fail(new Error('no such order'))
    response.writeHead(404).end()
  })
  await ask(server.port, get('/orders/7'))
  const record = await recording.record('request completed')
  expect([record.level, record.error, record.fields['error.type']]).toEqual(['WARNING', undefined, undefined])
})
