import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bridgeLogger } from '../../../instrumentations/loggers/index.ts'
import { startReceiver, type OtlpReceiver } from '../../support/otlp-receiver.ts'
import { runProgram } from '../../support/program.ts'

const ROOT = join(import.meta.dirname, '../../..')
const FIXTURES = 'test/instrumentations/loggers/fixtures'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clew-loggers-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

async function say(args: readonly string[], variables: Record<string, string> = {}): Promise<string> {
  const environment = { CLEW_HOME: folder, NODE_ENV: 'production', ...variables }
  const { stdout, stderr, code } = await runProgram(`${FIXTURES}/all-loggers.mjs`, args, environment)
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  // bunyan's children write the process's own.
  return stdout.replace(/"pid":\d+/, '"pid":1')
}

describe('the lines of a program', () => {
  test.each(['before', 'after'])('are said once, to the byte as without clew, where it starts %s', async (when) => {
    const alone = await say(['never'])
    expect(alone.trim().split('\n')).toHaveLength(4)
    expect(await say([when], { CLEW_LOGGERS: 'console' })).toBe(alone)
  })

  test.each(['before', 'after'])(
    "are clew's alone where it takes the place of the loggers and starts %s",
    async (when) => {
      const all = 'console=replace,pino=replace,winston=replace,bunyan=replace'
      const lines = (await say([when], { CLEW_LOGGERS: all })).trim().split('\n')
      expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
        { component: 'pino', message: 'hello you', metadata: { part: 1 } },
        { component: 'winston', message: 'hello %s', metadata: { part: 1 } },
        { component: 'bunyan', message: 'hello you', metadata: { part: 1 } },
        { component: 'console', message: 'plain text' },
      ])
    },
  )

  test.each([
    ['', ['pino', 'winston', 'bunyan']],
    ['console,pino=off', ['winston', 'bunyan', 'console']],
  ])('are taken of the loggers that are on (CLEW_LOGGERS=%s)', async (CLEW_LOGGERS, names) => {
    const last = (await say(['after', 'status'], { CLEW_LOGGERS })).trim().split('\n').at(-1) ?? ''
    const active = (JSON.parse(last) as [string, boolean][]).filter(([name, isActive]) => isActive && !OTHERS.has(name))
    expect(active.map(([name]) => name)).toEqual(names)
  })
})

/** Inside the project, where its packages are found. */
const BUNDLE = '.cache/loggers-bundle.mjs'
const OTHERS = new Set(['websocket', 'redis'])

test('what is no logger is refused', () => {
  expect(() => bridgeLogger(console)).toThrow(TypeError)
})

describe('loggers in a bundle', () => {
  let receiver: OtlpReceiver
  beforeEach(async () => {
    receiver = await startReceiver()
    await build({
      absWorkingDir: ROOT,
      entryPoints: [`${FIXTURES}/bundled.mjs`],
      outfile: join(ROOT, BUNDLE),
      bundle: true,
      platform: 'node',
      external: ['clew', 'clew/*', '@opentelemetry/api', 'dtrace-provider', 'mv', 'safe-json-stringify'],
      logLevel: 'silent',
      format: 'esm',
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" },
    })
  })
  afterEach(async () => {
    await receiver.close()
    rmSync(join(ROOT, BUNDLE), { force: true })
  })

  test.each([
    ['by itself', [], ['one', 'two']],
    ['when it is named', ['named'], ['one', 'two', 'three']],
  ])('are found: pino by itself, bunyan %s', async (_, args, messages) => {
    const environment = { CLEW_HOME: folder, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }
    const { stdout, stderr } = await runProgram(BUNDLE, args, environment)
    expect(stderr).toBe('')
    expect(receiver.logs.map(({ body }) => body)).toEqual(messages)
    expect(new Set(receiver.logs.map(({ traceId }) => traceId)).size).toBe(1)
    expect(stdout.trim().split('\n')).toHaveLength(3)
  })
})
