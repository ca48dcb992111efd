import { build } from 'esbuild'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runProgram } from '../../support/program.ts'
import { SHOPS, type Shop } from './support/shops.ts'

const ROOT = join(import.meta.dirname, '../../..')
const FOLDER = '.cache/bundled-frameworks'
const CURE = 'observeFramework(app) of clew/instrumentations/frameworks'
/** What Nest would load if it was there. */
const OPTIONAL = ['@nestjs/microservices', '@nestjs/websockets/*', '@nestjs/microservices/*', 'class-*', '@fastify/*']

const SOURCE = (name: string): string => `
import { init } from 'clew'
import ask from '../../test/instrumentations/frameworks/fixtures/ask.cjs'
import { observeFramework } from 'clew/instrumentations/frameworks'
import { app, listening } from '../../examples/frameworks/${name}.mjs'
const server = await listening
if (process.env.OBSERVED === 'yes') observeFramework(await app)
ask.ended = (clew) => console.log(clew.status().instrumentations.find((one) => one.name === 'frameworks').detail)
await ask(init, server)
`

beforeAll(async () => {
  mkdirSync(join(ROOT, FOLDER), { recursive: true })
  for (const { name } of SHOPS) {
    writeFileSync(join(ROOT, FOLDER, `${name}-source.mjs`), SOURCE(name))
    await build({
      entryPoints: [join(ROOT, FOLDER, `${name}-source.mjs`)],
      outfile: join(ROOT, FOLDER, `${name}.mjs`),
      bundle: true,
      platform: 'node',
      format: 'esm',
      external: ['clew', 'clew/*', ...OPTIONAL],
      banner: {
        js: "import { createRequire as bundled } from 'node:module'; const require = bundled(import.meta.url)",
      },
      logLevel: 'error',
    })
  }
})
afterAll(() => rmSync(join(ROOT, FOLDER), { recursive: true, force: true }))

interface Line {
  readonly event?: string
  readonly route?: string
  readonly error?: { readonly message: string }
}

async function run(
  { name, prefix }: Shop,
  observed: string,
): Promise<{ told: unknown[][]; detail: string | undefined }> {
  const paths = [`${prefix}/users/7`, `${prefix}/reject`]
  const environment = { PORT: '0', NODE_ENV: 'test', OBSERVED: observed }
  const { code, stdout, stderr } = await runProgram(join(FOLDER, `${name}.mjs`), paths, environment)
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
  const text = stdout.trimEnd().split('\n')
  const lines = text.flatMap((line) => (line.startsWith('{"') ? [JSON.parse(line) as Line] : []))
  const told = lines.filter(({ event }) => event === 'API_REQUEST').map(({ route, error }) => [route, error?.message])
  return { told, detail: text.at(-1) }
}

/** What is not known of a bundled copy by itself: the route, the error. */
const UNKNOWN: Readonly<Record<string, readonly [route: boolean, error: boolean]>> = {
  express4: [false, true],
  hono: [true, true],
  koa: [true, true],
  'nest-express': [false, true],
  'nest-fastify': [false, true],
}

describe.each(SHOPS)('$name in a bundle', (shop) => {
  test('tells what can be known, and all of it when it is observed', async () => {
    const all = [
      [`${shop.prefix}/users/:id`, undefined],
      [`${shop.prefix}/reject`, 'no stock later'],
    ]
    const [noRoute, noError] = UNKNOWN[shop.name] ?? [false, false]
    const alone = await run(shop, 'no')
    expect(alone.told).toEqual(all.map(([route, error]) => [noRoute ? undefined : route, noError ? undefined : error]))
    expect(alone.detail).toContain(CURE)
    expect((await run(shop, 'yes')).told).toEqual(all)
  })
})
