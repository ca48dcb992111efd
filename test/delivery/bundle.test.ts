import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { build, type BuildOptions } from 'esbuild'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'
import { runProgram, type ProgramEnd } from '../support/program.ts'

const ROOT = join(import.meta.dirname, '../..')
const PROGRAM = join(ROOT, 'test/fixtures/sender.mjs')
const NO_WORKER =
  'clew: delivery runs in the main thread, since the file of its worker is not here: leave clew out of the bundle, or bundle clew/delivery-worker beside it, under the name clew-delivery-worker [no_worker]\n'

let folder: string
let receiver: OtlpReceiver

/** As a user would: everything in one file, no further settings. */
async function bundle(options: BuildOptions): Promise<string[]> {
  const common = { absWorkingDir: ROOT, bundle: true, platform: 'node', outdir: folder, logLevel: 'silent' } as const
  const { errors } = await build({ ...common, ...options })
  expect(errors).toEqual([])
  return readdir(folder)
}

function run(file: string, args: readonly string[], variables: Record<string, string> = {}): Promise<ProgramEnd> {
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, CLEW_HOME: join(folder, 'home'), ...variables }
  return runProgram(relative(ROOT, join(folder, file)), args, environment)
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clew-bundle-'))
  receiver = await startReceiver()
})
afterEach(async () => {
  await receiver.close()
  await rm(folder, { recursive: true, force: true })
})

const numbers = Array.from({ length: 100 }, (_, n) => n)
const arrived = (): unknown[] => receiver.logs.map((entry) => entry.attributes['n'])

describe.each([
  ['ES module', 'esm', '.mjs'],
  ['CommonJS file', 'cjs', '.cjs'],
] as const)('bundled by esbuild into one %s', (_, format, extension) => {
  beforeEach(async () => {
    const files = await bundle({ entryPoints: [PROGRAM], format, outExtension: { '.js': extension } })
    expect(files).toEqual([`sender${extension}`])
  })

  test.each([
    ['a natural end', []],
    ['shutdown()', ['shutdown']],
  ])('records arrive before %s, and one note says what is missing', async (_, args) => {
    expect(await run(`sender${extension}`, args)).toEqual({ code: 0, signal: null, stdout: '', stderr: NO_WORKER })
    expect(arrived()).toEqual(numbers)
  })

  test('the metrics SDK is in it', async () => {
    await run(`sender${extension}`, ['shutdown'])
    expect(receiver.dataPoints).toBe(1)
  })

  test('log files are in it', async () => {
    await run(`sender${extension}`, [], { CLEW_LOG_FILE: join(folder, 'logs', 'sender.jsonl') })
    const lines = (await readFile(join(folder, 'logs', 'sender.jsonl'), 'utf8')).split('\n').slice(0, -1)
    expect(lines.map((line) => (JSON.parse(line) as { metadata: unknown }).metadata)).toEqual(
      numbers.map((n) => ({ n })),
    )
  })

  test('config.yaml is read, or it is said why it can not be', async () => {
    await writeFile(join(folder, 'shop.yaml'), 'logging: { service: shop, levels: { sender: warning } }')
    const { code, stderr } = await run(`sender${extension}`, [], { CLEW_CONFIG: join(folder, 'shop.yaml') })
    const isSaid = /CLEW_CONFIG: found .*, a file whose parser can't be loaded/.test(stderr)
    // esbuild gives the CommonJS code in an ES module no `require`.
    expect({ code, isSaid, arrived: arrived() }).toEqual({
      code: format === 'esm' ? 1 : 0,
      isSaid: format === 'esm',
      arrived: [],
    })
  })

  test('with the receiver down, records wait on disk and the program ends', async () => {
    await receiver.close()
    expect(await run(`sender${extension}`, [])).toMatchObject({ code: 0, stderr: NO_WORKER })
    receiver = await startReceiver(Number(new URL(receiver.url).port))
    await run(`sender${extension}`, [])
    expect(arrived()).toEqual([...numbers, ...numbers])
  })

  test('with the file of its worker beside it, delivery has its thread', async () => {
    const entryPoints = { sender: PROGRAM, 'clew-delivery-worker': 'clew/delivery-worker' }
    const files = await bundle({ entryPoints, format, outExtension: { '.js': extension } })
    expect(files.toSorted()).toEqual([`clew-delivery-worker${extension}`, `sender${extension}`])
    expect(await run(`sender${extension}`, [])).toMatchObject({ code: 0, stderr: '' })
    expect(arrived()).toEqual(numbers)
  })
})
