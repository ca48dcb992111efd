import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')

/** What is shipped, beside package.json. */
const SHIPPED = ['dist', 'config.schema.json', 'log-record.schema.json']
/** A project in TypeScript that runs on Node has these; `clew` says so. */
const ALSO = ['@types/node', 'undici-types']

const PROGRAM = `
import { getLogger, init, operation, withContext, type InitOptions } from 'clew'
import 'clew/register'
import schema from 'clew/log-record.schema.json' with { type: 'json' }
import { createHttpInstrumentation } from 'clew/instrumentations/http'
import { createRedisInstrumentation } from 'clew/instrumentations/redis'
import { createWebSocketInstrumentation } from 'clew/instrumentations/websocket'
import { createProcessors } from 'clew/processors'
import { startServer } from 'clew/server'
import { captureLogs, clewMatchers } from 'clew/testing'
`
const USES = `
const options: InitOptions = { service: 'shop' }
const clew = init(options)
class Orders {
  @operation({ slowMillis: 5 })
  place(): number {
    return 1
  }
}
const placed: number = withContext({ 'user.id': 'u' }, () => getLogger('orders').operation('place', () => new Orders().place()))
{
  using captured = captureLogs()
  using started = getLogger('orders').startOperation('x')
  started.set({ placed, records: captured.records.length })
}
// @ts-expect-error no such option
init({ servce: 'shop' })
export const all = [clew, schema.title, createProcessors, startServer, clewMatchers, createHttpInstrumentation, createRedisInstrumentation, createWebSocketInstrumentation]
`
/** Under these settings CommonJS has no \`require\` of ESM yet. */
const BY_IMPORT = `
import type { InitOptions } from 'clew' with { 'resolution-mode': 'import' }
const options: InitOptions = { service: 'shop' }
export const started = import('clew').then(({ init }) => init(options))
// @ts-expect-error no such option
export const failed = import('clew').then(({ init }) => init({ servce: 'shop' }))
`
const JEST = `
/// <reference types="clew/testing/jest" />
import { captureLogs } from 'clew/testing'
import { expect } from 'expect'
expect(captureLogs()).toHaveLogged({ level: 'info' })
// @ts-expect-error no such level
expect(captureLogs()).toHaveLogged({ level: 'loud' })
`
const VITEST = `
import { captureLogs } from 'clew/testing'
import 'clew/testing/vitest'
import { expect } from 'vitest'
expect(captureLogs()).toHaveLogged({ level: 'info' })
// @ts-expect-error no such level
expect(captureLogs()).toHaveLogged({ level: 'loud' })
`

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clew-consumer-'))
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies: object }
  link([...Object.keys(dependencies), ...ALSO])
  const shipped = join(folder, 'node_modules/clew')
  mkdirSync(shipped)
  for (const name of ['package.json', ...SHIPPED]) cpSync(join(ROOT, name), join(shipped, name), { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true }))

function link(names: readonly string[]): void {
  for (const name of names) {
    const target = join(folder, 'node_modules', name)
    mkdirSync(dirname(target), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), target)
  }
}

interface Project {
  readonly type: 'module' | 'commonjs'
  readonly program: string
  readonly options: Readonly<Record<string, unknown>>
}

/** What the compiler has to say, of libraries too. */
async function compiled(name: string, { type, program, options }: Project): Promise<string> {
  const project = join(folder, name)
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type }))
  writeFileSync(join(project, 'main.ts'), program)
  const compilerOptions = {
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    target: 'es2023',
    types: ['node'],
    ...options,
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }))
  const run = promisify(execFile)(process.execPath, [TSC, '--pretty', 'false', '-p', project], { timeout: 60_000 })
  return await run.then(
    ({ stdout }) => stdout,
    ({ stdout, message }: { stdout?: string; message: string }) => stdout || message,
  )
}

const node = (module: string): Record<string, unknown> => ({ module, resolveJsonModule: true })
const CJS_PROGRAM = PROGRAM.replace(" with { type: 'json' }", '')

test.each<[string, Project]>([
  ['nodenext, ESM', { type: 'module', program: PROGRAM + USES, options: node('nodenext') }],
  ['nodenext, CommonJS', { type: 'commonjs', program: CJS_PROGRAM + USES, options: node('nodenext') }],
  ['node16, ESM', { type: 'module', program: CJS_PROGRAM.replace(/.*schema.*\n/, '') + USES.replace('schema.title, ', ''), options: node('node16') }], // prettier-ignore
  ['node16, CommonJS', { type: 'commonjs', program: BY_IMPORT, options: node('node16') }],
  ['bundler', { type: 'module', program: PROGRAM + USES, options: { ...node('esnext'), moduleResolution: 'bundler' } }],
])(
  'a program that uses clew compiles, its library checked and only its dependencies there: %s',
  async (name, project) => {
    expect(await compiled(name, project)).toBe('')
  },
)

test('the matchers have their types, for Jest and for vitest', async () => {
  link(['expect'])
  const options = node('nodenext')
  expect(await compiled('jest', { type: 'module', program: JEST, options })).toBe('')
  link(['vitest'])
  // vitest's own types are large, and no business of ours.
  const ofVitest = { ...options, skipLibCheck: true }
  expect(await compiled('vitest', { type: 'module', program: VITEST, options: ofVitest })).toBe('')
})
