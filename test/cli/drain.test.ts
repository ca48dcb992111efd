import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'
import { runProgram, startProgram, type ProgramEnd } from '../support/program.ts'
import { numbers } from '../support/road.ts'

const MAIN = 'dist/src/cli/main.js'

let receiver: OtlpReceiver
let home: string
beforeEach(async () => {
  receiver = await startReceiver()
  home = await mkdtemp(join(tmpdir(), 'clew-drain-'))
})
afterEach(async () => {
  await receiver.close()
  await rm(home, { recursive: true, force: true })
})

const drain = (args: readonly string[] = [], environment: Record<string, string> = {}): Promise<ProgramEnd> =>
  runProgram(MAIN, ['drain', '--home', home, ...args], { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...environment })

/** A service that says 100 records which nobody takes, and ends. */
async function leave(service: string): Promise<void> {
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', CLEW_HOME: home, OTEL_SERVICE_NAME: service }
  await runProgram('test/fixtures/service.mjs', ['100'], environment)
}

const arrivedOf = (service: string): unknown[] =>
  receiver.logs.filter(({ resource }) => resource.service === service).map(({ attributes }) => attributes['n'])
const spool = (service: string): Promise<string[]> => readdir(join(home, 'spool', service))

test('sends what ended processes of all services left, each with its own resource, and ends with 0', async () => {
  await leave('shop')
  await leave('users')
  expect(await drain()).toEqual({
    code: 0,
    signal: null,
    stdout: 'shop: 100 sent, 0 left out, 0 left\nusers: 100 sent, 0 left out, 0 left\n',
    stderr: '',
  })
  expect([arrivedOf('shop'), arrivedOf('users')]).toEqual([numbers(100), numbers(100)])
  expect([await spool('shop'), await spool('users')]).toEqual([[], []])
  expect(await drain()).toMatchObject({ code: 0, stdout: expect.stringContaining('shop: 0 sent, 0 left out, 0 left') })
})

test('sends what one service left, with the endpoint, the headers and the time that it is given', async () => {
  await leave('my shop')
  await leave('users')
  const headers: unknown[] = []
  receiver.answer = (request) => {
    headers.push(request.headers)
    return { status: 200 }
  }
  const args = ['--service', 'my shop', '--endpoint', receiver.url, '--header', 'x-key=k=1', '--header', 'x-b=2']
  const { code, stdout } = await drain([...args, '--timeout', '5'], { OTEL_EXPORTER_OTLP_ENDPOINT: '' })
  expect([code, stdout]).toEqual([0, 'my_shop: 100 sent, 0 left out, 0 left\n'])
  expect(headers[0]).toMatchObject({ 'x-key': 'k=1', 'x-b': '2' })
  expect(arrivedOf('users')).toEqual([])
})

test('leaves what it could not send in time, says why, and ends with 1', async () => {
  await leave('shop')
  receiver.answer = () => ({ status: 503 })
  const start = performance.now()
  const { code, stdout } = await drain(['--timeout', '1'])
  expect(performance.now() - start).toBeLessThan(25_000)
  expect([code, stdout]).toEqual([1, `shop: 0 sent, 0 left out, 100 left: HTTP 503 at ${receiver.url}/v1/logs\n`])
  receiver.answer = () => ({ status: 200 })
  expect(await drain()).toMatchObject({ code: 0, stdout: 'shop: 100 sent, 0 left out, 0 left\n' })
  expect(arrivedOf('shop')).toEqual(numbers(100))
})

test.each([401, 404])(
  'leaves everything where it is when the receiver answers %i: that can be put right',
  async (status) => {
    await leave('shop')
    receiver.answer = () => ({ status })
    const { code, stdout } = await drain(['--timeout', '1'])
    expect([code, stdout]).toEqual([
      1,
      `shop: 0 sent, 0 left out, 100 left: HTTP ${status} at ${receiver.url}/v1/logs\n`,
    ])
  },
)

test('keeps single records that are refused as dead letters, and ends with 1', async () => {
  await leave('shop')
  receiver.answer = (_request, body) => ({ status: body.includes('number 77!') ? 400 : 200 })
  const { code, stdout, stderr } = await drain()
  expect([code, stdout]).toEqual([1, 'shop: 99 sent, 1 left out, 0 left\n'])
  expect(stderr).toMatch(/clew: the receiver refused 1 entries: HTTP 400 at \S+; they are kept in \S+dead-letter-\S+/)
  expect((await spool('shop')).filter((file) => !file.startsWith('dead-letter-'))).toEqual([])
})

test('leaves what belongs to a running process to it, and says so', async () => {
  await leave('shop')
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', CLEW_HOME: home, OTEL_SERVICE_NAME: 'shop' }
  const running = startProgram('test/fixtures/service.mjs', ['30', 'stay'], environment)
  try {
    await new Promise((resolve) => running.child.stdout?.once('data', resolve))
    const { code, stdout } = await drain()
    // The running process took over what the one before it had left.
    expect([code, stdout]).toEqual([
      1,
      'shop: 0 sent, 0 left out, 0 left\nshop: 130 belong to a running process, which sends them itself\n',
    ])
  } finally {
    running.child.kill('SIGKILL')
    await running.ended
  }
  expect(await drain()).toMatchObject({ code: 0, stdout: 'shop: 130 sent, 0 left out, 0 left\n' })
})

test('does not send signals for which there is no endpoint', async () => {
  await leave('shop')
  const { code, stdout } = await drain([], {
    OTEL_EXPORTER_OTLP_ENDPOINT: '',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/v1/traces`,
  })
  expect([code, stdout]).toEqual([
    1,
    'shop: 0 sent, 0 left out, 0 left\nshop: 100 are of signals for which there is no endpoint\n',
  ])
  expect(await drain()).toMatchObject({ code: 0, stdout: 'shop: 100 sent, 0 left out, 0 left\n' })
})

describe('clew drain', () => {
  test('has nothing to do where nothing waits', async () => {
    expect(await drain()).toMatchObject({ code: 0, stdout: `nothing waits in ${home}/spool\n` })
    expect(await drain(['--service', 'shop'])).toMatchObject({
      code: 0,
      stdout: `nothing waits of shop in ${home}/spool\n`,
    })
    expect(existsSync(join(home, 'spool'))).toBe(false)
  })

  test('says what is missing, and what is wrong', async () => {
    expect(await drain([], { OTEL_EXPORTER_OTLP_ENDPOINT: '' })).toMatchObject({
      code: 1,
      stderr: 'clew: it is not said where to: clew drain --endpoint <url>, or OTEL_EXPORTER_OTLP_ENDPOINT\n',
    })
    expect(await drain(['--endpoint', 'collector:4318'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('allowed: an http:// or https:// URL'),
    })
    expect(await drain(['--timeout', 'soon'])).toMatchObject({ code: 1, stderr: expect.stringContaining('Found soon') })
    expect(await drain(['--header', 'x'])).toMatchObject({ code: 1, stderr: expect.stringContaining('name=value') })
    expect(await drain(['--header', 'x y=secret'])).toMatchObject({
      code: 1,
      stderr: expect.not.stringContaining('secret'),
    })
  })

  test('explains itself', async () => {
    const { stdout, code } = await runProgram(MAIN, ['drain', '--help'], {})
    expect(code).toBe(0)
    for (const word of [
      '--home',
      '--service',
      '--endpoint',
      '--timeout',
      '--header',
      'OTEL_EXPORTER_OTLP_',
      'Ends with 0',
    ])
      expect(stdout).toContain(word)
  })
})
