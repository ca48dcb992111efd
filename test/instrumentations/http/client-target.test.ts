import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestOptions } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CapturedSpan } from '../../../src/testing/index.ts'
import { Recording } from './support/recording.ts'
import { call, startServer, type TestServer } from './support/server.ts'

let recording: Recording
let server: TestServer

beforeEach(async () => {
  recording = new Recording({ trustedProxies: ['loopback'] })
  server = await startServer((_request, response) => response.end())
})

afterEach(async () => {
  await server.stop()
  recording.stop()
})

function told({ attributes }: CapturedSpan): unknown[] {
  return [attributes['server.address'], attributes['server.port'], attributes['url.full']]
}

test.each<[string, (port: number) => RequestOptions]>([
  ['another Host', () => ({ headers: { host: 'shop.example' } })],
  ['a list of headers', (port) => ({ headers: ['Host', `127.0.0.1:${port}`] })],
  ['a list of headers with another Host', () => ({ headers: ['Host', 'shop.example'] })],
  ['no Host', () => ({ setHost: false })],
])('a call with %s is told with the port that it really goes to', async (_case, options) => {
  await call(`${server.url}/p?a=1`, options(server.port))
  const expected = ['127.0.0.1', server.port, `${server.url}/p?a=1`]
  expect(told(await recording.span('CLIENT'))).toEqual(expected)
  expect((await recording.record('external API call')).fields['server.port']).toBe(server.port)
})

test('a call whose port nobody knows is told without one', async () => {
  const gone = await startServer(() => {})
  await gone.stop()
  await expect(call(gone.url, { setHost: false })).rejects.toThrow('ECONNREFUSED')
  expect(told(await recording.span('CLIENT'))).toEqual(['127.0.0.1', undefined, 'http://127.0.0.1/'])
})

test('a call through a plain proxy is told by the target that it names', async () => {
  await call(server.url, { path: 'http://real.example:8000/x' })
  expect(told(await recording.span('CLIENT'))).toEqual(['real.example', 8000, 'http://real.example:8000/x'])
})

test('a call by a local socket is told by its path, without a port, and its proxy is a local one', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'clew-socket-'))
  const socketPath = join(directory, 's')
  const local = createServer((_request, response) => response.end())
  try {
    await once(local.listen(socketPath), 'listening')
    await call('http://localhost/x', { socketPath, headers: { 'x-forwarded-for': '203.0.113.9' } })
    expect(told(await recording.span('CLIENT'))).toEqual([socketPath, undefined, 'http://localhost/x'])
    expect((await recording.span('SERVER')).attributes['client.address']).toBe('203.0.113.9')
  } finally {
    local.close()
    rmSync(directory, { recursive: true, force: true })
  }
})
