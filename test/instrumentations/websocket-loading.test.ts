import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const home = mkdtempSync(join(tmpdir(), 'clew-home-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))
const fixtures = join(import.meta.dirname, 'websocket-fixtures')

async function messages(file: string, order: string, client: string, ...flags: string[]): Promise<string[]> {
  const env = { ...process.env, CLEW_HOME: home }
  const { stdout } = await run(process.execPath, [...flags, join(fixtures, file), order, client], {
    env,
    timeout: 100_000,
  })
  const records = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { message: string; session_id: string; metadata?: Record<string, string> })
    .filter(({ message }) => /^(connection|disconnected)/.test(message))
  return records.map(({ message, session_id: session, metadata }) => {
    const role = metadata?.['websocket.role'] ?? 'server'
    return `${role}: ${message}${role === 'server' ? ` in ${session}` : ''}`
  })
}

const SERVER = ['server: connection established in late', 'server: connection in late', 'server: disconnected in late']
const CLIENT = ['client: connection established', 'client: disconnected']

describe.each([
  ['an ES module', 'echo.mjs'],
  ['a CommonJS module', 'echo.cjs'],
])('in %s', (_, file) => {
  describe.each(['before', 'after'])('that loads ws %s clew starts', (order) => {
    it('the sessions of its server are seen from the first one on', async () => {
      expect((await messages(file, order, 'builtin')).filter((line) => line.startsWith('server'))).toEqual(SERVER)
    })

    it('the sessions of its clients are seen from the first one on', async () => {
      expect((await messages(file, order, 'ws')).sort()).toEqual([...CLIENT, ...SERVER].sort())
    })
  })
})

it('customized module loading makes no difference', async () => {
  const hooks = `import { register } from 'node:module'; register('data:text/javascript,')`
  const flags = ['--import', `data:text/javascript,${encodeURIComponent(hooks)}`, '--disable-warning=DEP0205']
  expect((await messages('echo.mjs', 'before', 'ws', ...flags)).sort()).toEqual([...CLIENT, ...SERVER].sort())
})
