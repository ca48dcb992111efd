import { createRequire } from 'node:module'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRedisInstrumentation } from '../../instrumentations/redis/index.ts'
import { startReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'
import { runProgram } from '../support/program.ts'
import { hasRedisServer, startRedisServer, type RedisServer } from '../support/redis-server.ts'
import { QUIET } from './redis-clients.ts'

const ROOT = join(import.meta.dirname, '../..')
const PROGRAM = 'test/instrumentations/redis-fixtures/loading.mjs'
let server: RedisServer
let receiver: OtlpReceiver

async function spansOf(file: string): Promise<{ spans: string[]; detail: string }> {
  receiver.spans.length = 0
  receiver.logs.length = 0
  const end = await runProgram(file, [server.url], {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    CLEW_HOME: join(folder, 'home'),
  })
  expect(end).toMatchObject({ code: 0, stderr: expect.not.stringContaining('Error') as string })
  const { detail } = JSON.parse(end.stdout) as { detail: string }
  const [work] = receiver.spans.filter(({ name }) => name === 'work')
  const inside = receiver.spans.filter(({ parentSpanId }) => parentSpanId === work?.spanId)
  return { spans: inside.map(({ name }) => name), detail }
}

const folder = mkdtempSync(join(tmpdir(), 'clew-redis-loading-'))

describe.skipIf(!hasRedisServer())('clients of Redis are heard', () => {
  beforeAll(async () => {
    server = await startRedisServer()
    receiver = await startReceiver()
  })
  afterAll(async () => {
    await receiver.close()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('when they were imported', async () => {
    const { spans, detail } = await spansOf(PROGRAM)
    expect(spans).toEqual(['SET', 'MULTI', 'PIPELINE', 'GET', 'MULTI', 'LPUSH', 'LPUSH'])
    expect(detail).toMatch(/^redis 6\.\d+\.\d+, ioredis 6\.\d+\.\d+$|^ioredis 6\.\d+\.\d+, redis 6\.\d+\.\d+$/)
    expect(receiver.logs.filter(({ body }) => body === 'Redis operation failed').length).toBe(2)
  })

  it('in a bundle, on their own channels', async () => {
    const outfile = join(ROOT, '.cache', 'redis-loading', 'bundle.mjs')
    const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" }
    await build({ entryPoints: [join(ROOT, PROGRAM)], outfile, bundle: true, platform: 'node', format: 'esm', external: ['clew'], banner, logLevel: 'error' }) // prettier-ignore
    const { spans, detail } = await spansOf('.cache/redis-loading/bundle.mjs')
    rmSync(join(ROOT, '.cache', 'redis-loading'), { recursive: true, force: true })
    expect(spans).toEqual(['SET', 'MULTI', 'PIPELINE', 'GET', 'MULTI', 'LPUSH', 'LPUSH'])
    expect(detail).toMatch(/^none loaded so far/)
    const said = receiver.logs.map(({ body }) => body)
    expect(said.filter((message) => message === 'Redis operation failed').length).toBe(2)
    expect(said.filter((message) => message === 'Redis connected').length).toBe(2)
  })

  it('and those that are too old are named, with the cure', () => {
    createRequire(import.meta.url)('redis4')
    const instrumentation = createRedisInstrumentation(QUIET)
    instrumentation.enable()
    const { detail } = instrumentation.status()
    instrumentation.disable()
    expect(detail).toMatch(/redis 4\.7\.\d+ is loaded and not seen: update to 5\.12, or init\(\{ instrumentations: \['redis'\] \}\)/) // prettier-ignore
  })
})
