import { build } from 'esbuild'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startReceiver } from './support/otlp-receiver.ts'
import { runProgram } from './support/program.ts'

const ROOT = join(import.meta.dirname, '..')
const FOLDER = '.cache/source-maps'

/** The error is made in line 8, and thrown on with a cause in line 13. */
const SOURCE = `import { getLogger, init } from 'clew'

interface Order {
  readonly id: number
}

function charge(order: Order): never {
  throw new RangeError('no money for ' + String(order.id))
}

function place(order: Order): never {
  try { return charge(order) } catch (cause) {
    throw new Error('not placed', { cause })
  }
}

init({ service: 'mapped', console: { enabled: false } })
try { place({ id: 7 }) } catch (error) { getLogger('orders').error('failed', error) }
`

beforeAll(async () => {
  mkdirSync(join(ROOT, FOLDER), { recursive: true })
  writeFileSync(join(ROOT, FOLDER, 'app.ts'), SOURCE)
  await build({
    entryPoints: [join(ROOT, FOLDER, 'app.ts')],
    outfile: join(ROOT, FOLDER, 'app.mjs'),
    sourcemap: true,
    minify: true,
    format: 'esm',
  })
})
afterAll(() => rmSync(join(ROOT, FOLDER), { recursive: true, force: true }))

async function stackOf(nodeOptions: readonly string[]): Promise<string> {
  const receiver = await startReceiver()
  try {
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, CLEW_HOME: join(ROOT, FOLDER, 'home') }
    const end = await runProgram(join(FOLDER, 'app.mjs'), [], environment, nodeOptions)
    expect(end).toMatchObject({ code: 0, stderr: '' })
    return String(receiver.logs[0]?.attributes['exception.stacktrace'])
  } finally {
    await receiver.close()
  }
}

describe('the stack of compiled code', () => {
  test.each([
    ['--enable-source-maps', ['--enable-source-maps']],
    [
      'process.setSourceMapsEnabled(true) before it is loaded',
      ['--import', 'data:text/javascript,process.setSourceMapsEnabled(true)'],
    ],
  ])('leads to its source, causes too, with %s', async (_how, nodeOptions) => {
    const stack = await stackOf(nodeOptions)
    expect(stack).toMatch(/^Error: not placed\n {4}at place \([^)]*app\.ts:13:11\)/)
    expect(stack).toMatch(/\nCaused by: RangeError: no money for 7\n {4}at charge \([^)]*app\.ts:8:9\)/)
  })

  test('is what Node says where source maps are off', async () => {
    expect(await stackOf([])).toMatch(/^Error: not placed\n {4}at \w+ \([^)]*app\.mjs:1:\d+\)/)
  })
})
