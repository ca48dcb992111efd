import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { StoredLog } from '../../src/store/index.ts'
import type { StoredTrace } from '../../src/store/stored-trace.ts'
import { freePort } from '../support/redis-server.ts'
import { until } from '../support/until.ts'
import { ask, startDev, type DevProcess } from './dev-process.ts'

const ROOT = join(import.meta.dirname, '../..')
const FREE = ['--port', '0', '--otlp-port', '0']

let folder: string
let running: DevProcess | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clew-dev-loggers-'))
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
})
afterEach(async () => {
  running?.child.kill('SIGTERM')
  await running?.ended
  running = undefined
  rmSync(folder, { recursive: true })
})

async function search(viewer: string, component: string): Promise<StoredLog[]> {
  return (await ask<{ records: StoredLog[] }>(viewer, `/logs/search?module=${component}`)).records
}

/** 0 while nobody answers. */
async function statusOf(url: string): Promise<number> {
  try {
    const response = await fetch(url)
    await response.text()
    return response.status
  } catch {
    return 0
  }
}

test("what an application that knows nothing of clew, Vite's server, says on its console is in the trace of the request that it says it in", async () => {
  writeFileSync(join(folder, 'package.json'), '{ "name": "shop", "private": true, "type": "module" }')
  writeFileSync(join(folder, 'index.html'), '<h1>shop</h1>')
  writeFileSync(join(folder, 'broken.ts'), 'export const = 1\n')
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const command = ['npx', 'vite', '--host', '127.0.0.1', '--port', String(port), '--clearScreen', 'false']
  const environment = { npm_config_update_notifier: 'false' }
  running = startDev(['dev', ...FREE, '--', ...command], { cwd: folder, environment })
  const { output } = running
  const viewer = await running.viewer()
  await until('an answer', async () => (await statusOf(`${url}/`)) === 200)
  expect(await statusOf(`${url}/broken.ts`)).toBe(500)

  const complaints = async (): Promise<StoredLog[]> =>
    (await search(viewer, 'console')).filter(({ message }) => message.includes('broken.ts'))
  await until('the record', async () => (await complaints()).length > 0)
  const [complaint, ...others] = await complaints()
  expect(others).toEqual([])
  expect(complaint).toMatchObject({ service: 'shop', level: 'ERROR' })
  const readSpans = async () => (await ask<StoredTrace>(viewer, `/traces/${String(complaint?.trace_id)}`)).spans
  await until('the span', async () => (await readSpans()).length > 0)
  const spans = await readSpans()
  expect(spans).toMatchObject([
    { kind: 'SERVER', span_id: complaint?.span_id, attributes: { 'url.path': '/broken.ts' } },
  ])

  const terminal = stripVTControlCharacters(output.out + output.error)
  const [first = ''] = complaint?.message.split('\n') ?? []
  expect(terminal.split(first)).toHaveLength(2)
})

test('what a program says by pino and bunyan is in the trace of its requests, and its lines have the ids', async () => {
  writeFileSync(
    join(folder, 'app.mjs'),
    `import { createServer } from 'node:http'
    import bunyan from 'bunyan'
    import { pino } from 'pino'
    const loggers = [pino({ name: 'shop' }), bunyan.createLogger({ name: 'till' })]
    const server = createServer((request, response) => {
      for (const log of loggers) log.info({ token: 'hunter2' }, 'asked')
      response.end()
      server.close()
    }).listen(0, '127.0.0.1', () => fetch('http://127.0.0.1:' + server.address().port))`,
  )
  running = startDev(['dev', ...FREE, '--keep', '--', 'node', 'app.mjs'], { cwd: folder })
  const viewer = await running.viewer()
  const { output } = running
  await until('the end', () => output.error.includes('the viewer stays'))
  const records = [...(await search(viewer, 'shop')), ...(await search(viewer, 'till'))]
  expect(records).toMatchObject([
    { level: 'INFO', message: 'asked', component: 'shop', metadata: { token: '[REDACTED]' } },
    { level: 'INFO', message: 'asked', component: 'till', metadata: { token: '[REDACTED]' } },
  ])
  const lines = output.out.split('\n').filter((line) => line.includes('"asked"'))
  expect(lines.map((line) => (JSON.parse(line) as StoredLog).trace_id)).toEqual(records.map(({ trace_id }) => trace_id))
  const { spans } = await ask<StoredTrace>(viewer, `/traces/${String(records[0]?.trace_id)}`)
  expect(spans.map(({ kind }) => kind)).toEqual(['CLIENT', 'SERVER'])
})
