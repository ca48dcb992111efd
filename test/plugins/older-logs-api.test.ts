import { logs as olderLogs, type LoggerProvider } from '@opentelemetry/api-logs'
import { buildSync } from 'esbuild'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runProgram } from '../support/program.ts'
import { receiverOfTest, startClew, temporaryHome } from './support.ts'

const FIXTURE = 'test/fixtures/plugins/older-logs.mjs'

const PACKAGE = join(import.meta.dirname, '../../node_modules/@opentelemetry/api-logs')

/** The package as it lies in a node_modules folder of its own. */
function nested(home: string): string {
  const copy = join(home, 'node_modules/@opentelemetry/api-logs')
  cpSync(PACKAGE, copy, { recursive: true })
  return join(copy, 'build/src/index.js')
}

/** The package as a bundle has it. */
function bundled(home: string): string {
  const outfile = join(home, 'bundle.mjs')
  buildSync({ entryPoints: [join(PACKAGE, 'build/esm/index.js')], bundle: true, format: 'esm', outfile })
  return outfile
}

test.each<[string, string, ((home: string) => string)?]>([
  ['import', 'after'],
  ['require', 'after'],
  ['import', 'after', nested],
  ['import', 'after', bundled],
  ['import', 'before'],
  ['require', 'before'],
  ['require', 'before', nested],
])('a library that logs through the older API is heard: by %s, %s init(), %o', async (way, when, copy) => {
  const receiver = await receiverOfTest()
  const home = temporaryHome()
  const args = [way, when, ...(copy === undefined ? [] : [copy(home)])]
  const { stdout, stderr } = await runProgram(FIXTURE, args, {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    CLEW_HOME: home,
  })
  expect({ stdout, stderr }).toEqual({ stdout: '{"gone":true,"enabled":true}\n', stderr: '' })
  expect(receiver.logs.map(({ body }) => body)).toEqual(['heard', 'heard again'])
  expect(receiver.logs[0]).toMatchObject({
    scope: { name: 'library' },
    severityNumber: 13,
    severityText: 'WARN',
    attributes: { n: 1, password: '[REDACTED]' },
  })
})

test("another SDK's provider of the older API stays where it is", async () => {
  const provider: LoggerProvider = { getLogger: () => ({ emit: () => {}, enabled: () => true }) }
  olderLogs.setGlobalLoggerProvider(provider)
  try {
    const { clew } = await startClew()
    expect(olderLogs.getLoggerProvider()).toBe(provider)
    await clew.shutdown()
    expect(olderLogs.getLoggerProvider()).toBe(provider)
  } finally {
    olderLogs.disable()
  }
})

test('a future version of the older API, which clew does not know, gets nothing of clew', async () => {
  await startClew()
  const getter = (globalThis as Record<symbol, unknown>)[Symbol.for('io.opentelemetry.js.api.logs')]
  expect((getter as (version: number) => unknown)(2)).toBeUndefined()
})
