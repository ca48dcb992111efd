import { transform } from 'esbuild'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runProgram } from '../../support/program.ts'
import { SHOPS, type Shop } from './support/shops.ts'

const ROOT = join(import.meta.dirname, '../../..')
const FOLDER = '.cache/frameworks'
const EXAMPLES = 'examples/frameworks'
const ASK = '../../test/instrumentations/frameworks/fixtures/ask.cjs'

const ESM_IMPORTS_FIRST = (name: string): string => `
import { listening } from '../../${EXAMPLES}/${name}.mjs'
import ask from '${ASK}'
import { init } from 'clew'
const server = await listening
await ask(init, server)
`
const ESM_INIT_FIRST = (name: string): string => `
import { init } from 'clew'
import ask from '${ASK}'
const start = ask.started(init)
const { listening } = await import('../../${EXAMPLES}/${name}.mjs')
await ask(start, await listening)
`
const CJS_REQUIRE_FIRST = (name: string): string => `
const { listening } = require('./${name}.cjs')
const ask = require('${ASK}')
listening.then((server) => ask(require('clew').init, server))
`
const CJS_INIT_FIRST = (name: string): string => `
const ask = require('${ASK}')
const start = ask.started(require('clew').init)
const { listening } = require('./${name}.cjs')
listening.then((server) => ask(start, server))
`
const PROGRAMS = [
  ['an ES module that imports it before clew starts', 'imports-first.mjs', ESM_IMPORTS_FIRST],
  ['an ES module that starts clew first', 'init-first.mjs', ESM_INIT_FIRST],
  ['CommonJS that requires it before clew starts', 'requires-first.cjs', CJS_REQUIRE_FIRST],
  ['CommonJS that starts clew first', 'init-first.cjs', CJS_INIT_FIRST],
] as const

/** The examples as CommonJS, which load the other modules of those packages that have two. */
async function writeCommonJs(): Promise<void> {
  mkdirSync(join(ROOT, FOLDER), { recursive: true })
  for (const name of [...SHOPS.map((shop) => shop.name), 'nest-app']) {
    const source = readFileSync(join(ROOT, EXAMPLES, `${name}.mjs`), 'utf8')
    const { code } = await transform(source.replaceAll("./nest-app.mjs'", "./nest-app.cjs'"), { format: 'cjs' })
    writeFileSync(join(ROOT, FOLDER, `${name}.cjs`), code)
  }
}

beforeAll(writeCommonJs)
afterAll(() => rmSync(join(ROOT, FOLDER), { recursive: true, force: true }))

interface Line {
  readonly event?: string
  readonly path: string
  readonly status_code: number
  readonly route?: string
  readonly error?: { readonly message: string; readonly cause?: { readonly message: string } }
}

describe.each(SHOPS)('$name', (shop: Shop) => {
  test.each(PROGRAMS)('in %s tells routes and errors', async (_what, file, source) => {
    const { name, prefix, order } = shop
    const program = join(FOLDER, `${name}-${file}`)
    writeFileSync(join(ROOT, program), source(name))
    const paths = [`${prefix}/users/7`, order[0], `${prefix}/reject`, `${prefix}/throw`, '/outside']
    const { code, stdout } = await runProgram(program, paths, { PORT: '0', NODE_ENV: 'test' })
    expect(code).toBe(0)
    const lines = stdout.split('\n').flatMap((line) => (line.startsWith('{"') ? [JSON.parse(line) as Line] : []))
    const told = lines.filter((line) => line.event === 'API_REQUEST')
    expect(told.map(({ path, status_code, route, error }) => [path, status_code, route, error?.message])).toEqual([
      [paths[0], 200, `${prefix}/users/:id`, undefined],
      [paths[1], 200, order[1], undefined],
      [paths[2], 500, `${prefix}/reject`, 'no stock later'],
      [paths[3], 500, `${prefix}/throw`, 'no stock'],
      ['/outside', 404, undefined, undefined],
    ])
    expect(told[3]?.error?.cause?.message).toBe('shelf 7 is empty')
  })
})

test('a Hono application that is handed nothing but the request is told by the context', async () => {
  const file = 'test/instrumentations/frameworks/fixtures/hono-bare-fetch.mjs'
  const { stdout } = await runProgram(file, ['/users/7'], {})
  const { route, error } = JSON.parse(stdout.split('\n').find((line) => line.includes('API_REQUEST')) ?? '') as Line
  expect([route, error?.message]).toEqual(['/users/:id', 'no stock'])
})

test('a Hono application that a handler of Express asks tells nothing of the outer request', async () => {
  const file = 'test/instrumentations/frameworks/fixtures/hono-in-express.mjs'
  const { stdout } = await runProgram(file, ['/orders/7'], {})
  const { route, error } = JSON.parse(stdout.split('\n').find((line) => line.includes('API_REQUEST')) ?? '') as Line
  expect([route, error?.message]).toEqual(['/orders/:id', undefined])
})
