import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ExpressWatch } from '../../../instrumentations/frameworks/express.ts'
import { FastifyWatch } from '../../../instrumentations/frameworks/fastify.ts'
import { KoaWatch } from '../../../instrumentations/frameworks/koa.ts'

const BUILT = join(import.meta.dirname, '../../../dist/instrumentations/frameworks')
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'clew-found-files-')))

function write(file: string, source: string): string {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), source)
  return join(folder, file)
}

beforeAll(() => {
  for (const program of ['program', 'elsewhere'])
    write(`${program}/node_modules/hono/index.js`, `console.log('loaded that of ${program}')`)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('what a program would get for a name', () => {
  const PRINT = 'console.log(resolveFromProgram("hono"))'

  /** Runs a step in the folder `elsewhere`. */
  function run(step: string, main?: string): string {
    const from = JSON.stringify(pathToFileURL(join(BUILT, 'program-require.js')).href)
    const source = `import { requireFromProgram, resolveFromProgram } from ${from}\n${step}\n`
    const start = main === undefined ? ['--input-type=module', '-e', source] : [write(main, source)]
    return execFileSync(process.execPath, start, {
      cwd: join(folder, 'elsewhere'),
      encoding: 'utf8',
      timeout: 100_000,
    }).trimEnd()
  }

  test('is found from its main file, and not from where it was started', () => {
    expect(run(PRINT, 'program/main.mjs')).toBe(join(folder, 'program/node_modules/hono/index.js'))
    expect(run(PRINT, 'bare/main.mjs')).toBe('undefined')
  })

  test('is found from where it was started, if there is no main file, and nowhere when that place is gone', () => {
    expect(run(PRINT)).toBe(join(folder, 'elsewhere/node_modules/hono/index.js'))
    const gone = JSON.stringify(join(folder, 'gone'))
    const leave = `import { mkdirSync, rmdirSync } from 'node:fs'
mkdirSync(${gone}); process.chdir(${gone}); rmdirSync(${gone})`
    expect(run(`${leave}\n${PRINT}`)).toBe('undefined')
  })

  test('is not loaded when its file is called otherwise', () => {
    const load = (expected: string): string => run(`requireFromProgram(resolveFromProgram('hono'), ${expected})`)
    expect(load('/router\\.js$/')).toBe('')
    expect(load('/index\\.js$/')).toBe('loaded that of elsewhere')
  })
})

describe('of the files that are loaded', () => {
  const quietly = (step: () => void): void => step()
  const makeRouter = (): { handle: () => void; use: () => void } => ({ handle: () => {}, use: () => {} })

  test.each([
    ['/app/src/router/index.js', '/app/src/router/layer.js', false],
    ['/app/node_modules/router/index.js', '/app/node_modules/other/lib/layer.js', false],
    ['/app/node_modules/router/index.js', '/app/node_modules/router/lib/layer.js', true],
    ['/app/node_modules/express4/lib/router/index.js', '/app/node_modules/express4/lib/router/layer.js', true],
  ])('%s with %s is patched as a router of Express: %s', (file, layer, patched) => {
    const router = makeRouter()
    const { handle } = router
    const watch = new ExpressWatch(quietly)
    // One that is loaded halfway exports nothing yet.
    watch.find({ [layer]: undefined, [file]: router })
    expect(router.handle !== handle).toBe(patched)
    watch.stop()
    expect(router.handle).toBe(handle)
  })

  test('one that exports nothing does not keep the next one from being found', () => {
    class Application {
      createContext(): void {}
      handleRequest(): void {}
      emit(): void {}
    }
    class Reply {
      send(): void {}
      hijack(): void {}
    }
    const koa = new KoaWatch(quietly)
    koa.find({ '/a/node_modules/koa/lib/application.js': undefined, '/b/koa/lib/application.js': Application })
    const fastify = new FastifyWatch(quietly)
    fastify.find({ '/a/node_modules/fastify/lib/reply.js': undefined, '/b/fastify/lib/reply.js': Reply })
    expect([koa.status(), fastify.status()]).toEqual(['1 copy', '1 copy'])
    koa.stop()
    fastify.stop()
  })
})
