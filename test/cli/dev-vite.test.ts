import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { StoredLog } from '../../src/store/index.ts'
import type { StoredTrace, TraceSummary } from '../../src/store/stored-trace.ts'
import { freePort } from '../support/redis-server.ts'
import { until } from '../support/until.ts'
import { ask, startDev, type DevProcess } from './dev-process.ts'

const ROOT = join(import.meta.dirname, '../..')

let folder: string
let running: DevProcess | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clew dev '))
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  mkdirSync(join(folder, 'dist'))
  writeFileSync(join(folder, 'dist', 'index.html'), '<h1>shop</h1>')
  writeFileSync(join(folder, 'vite.config.js'), 'export default { appType: "mpa" }')
})
afterEach(async () => {
  running?.child.kill('SIGTERM')
  await running?.ended
  rmSync(folder, { recursive: true })
})

/** clew somewhere else, as `npx` or a global installation has it. */
function installedElsewhere(): string {
  const place = join(folder, 'global packages')
  mkdirSync(place)
  for (const part of ['package.json', 'dist']) cpSync(join(ROOT, part), join(place, part), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(place, 'node_modules'))
  return join(place, 'dist/src/cli/main.js')
}

async function answer(url: string): Promise<number> {
  let status = 0
  await until(`an answer of ${url}`, async () => (status = await statusOf(url)) !== 0)
  return status
}

async function statusOf(url: string): Promise<number> {
  try {
    return (await fetch(url)).status
  } catch {
    return 0
  }
}

test.each([
  ['npx', ['npx', 'vite', 'preview']],
  ['a script of package.json', ['npm', 'start', '--']],
])(
  "an application that knows nothing of clew, Vite's server, is seen when it is started by %s",
  async (_how, command) => {
    const scripts = { start: 'vite preview' }
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ name: 'shop', version: '1.2.3', private: true, scripts }),
    )
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const arguments_ = [
      'dev',
      '--port',
      '0',
      '--otlp-port',
      '0',
      '--',
      ...command,
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
    ]
    const environment = { npm_config_update_notifier: 'false' }
    running = startDev(arguments_, { cwd: folder, environment, main: installedElsewhere() })
    const viewer = await running.viewer()
    expect(await answer(`${url}/`)).toBe(200)
    expect(await answer(`${url}/missing?token=hunter2`)).toBe(404)

    const search = '/logs/search?module=http&q=completed'
    await until('two records', async () => (await ask<{ records: StoredLog[] }>(viewer, search)).records.length >= 2)
    const { records } = await ask<{ records: StoredLog[] }>(viewer, search)
    const shown = records.map(({ service, level, message, method, path, status_code }) => ({
      service,
      level,
      message,
      method,
      path,
      status_code,
    }))
    const completed = { service: 'shop', message: 'request completed', method: 'GET' }
    expect(shown).toEqual([
      { ...completed, level: 'WARNING', path: '/missing', status_code: 404 },
      { ...completed, level: 'INFO', path: '/', status_code: 200 },
    ])

    const readTraces = async () => (await ask<{ traces: TraceSummary[] }>(viewer, '/traces')).traces
    await until('two traces', async () => (await readTraces()).length >= 2)
    const traces = await readTraces()
    expect(traces.map(({ name, service, spans }) => ({ name, service, spans }))).toEqual([
      { name: 'GET', service: 'shop', spans: 1 },
      { name: 'GET', service: 'shop', spans: 1 },
    ])
    const trace = await ask<StoredTrace>(viewer, `/traces/${String(records[0]?.trace_id)}`)
    expect(trace.spans[0]).toMatchObject({
      kind: 'SERVER',
      attributes: { 'url.path': '/missing', 'http.response.status_code': 404 },
    })

    // npm, npx and clew itself would have made folders of their own.
    expect(readdirSync(join(folder, '.clew', 'spool'))).toEqual(['shop'])
    running.child.kill('SIGTERM')
    expect(await running.ended).toMatchObject({ code: null, signal: 'SIGTERM' })
    await until('the end of everything that was started', async () => (await statusOf(url)) === 0)
    await expect(fetch(viewer)).rejects.toThrow('fetch failed')
  },
  60_000,
)
