import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { StoredLog } from '../../src/store/index.ts'
import { freePort } from '../support/redis-server.ts'
import { until } from '../support/until.ts'
import { ask } from './dev-process.ts'

const ROOT = join(import.meta.dirname, '../..')
const page = readFileSync(join(ROOT, 'docs/dev.md'), 'utf8')
const blocks = (language: string): string =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1]).join('')
const lines = blocks('sh').trim().split('\n')

let folder: string
let running: ChildProcess | undefined
let addresses: string[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clew-docs-'))
  addresses = []
  // As npm installs a command: it makes the file executable, which the build's is not.
  mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true })
  const main = join(ROOT, 'dist/src/cli/main.js')
  writeFileSync(join(folder, 'node_modules/.bin/clew'), `#!/bin/sh\nexec node '${main}' "$@"\n`, { mode: 0o755 })
  writeFileSync(join(folder, 'app.js'), blocks('js'))
  const scripts = { start: 'node app.js' }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'hello', type: 'module', scripts }))
})
afterEach(async () => {
  const { pid, exitCode, signalCode } = running ?? {}
  if (running !== undefined && pid !== undefined && exitCode === null && signalCode === null) {
    process.kill(-pid, 'SIGTERM')
    await once(running, 'exit')
  }
  for (const url of addresses) await until(`the end of ${url}`, async () => (await textOf(url)) === '')
  rmSync(folder, { recursive: true })
})

test('the page of clew dev has lines', () => {
  expect(lines.length).toBeGreaterThan(3)
})

test.each(lines)(
  '%s shows the requests of the program on the page',
  async (line) => {
    const port = await freePort()
    const url = `http://127.0.0.1:${port}/`
    const { PATH = '', HOME = '' } = process.env
    // The page's ports may be in use here, and there is no browser to open.
    running = spawn('sh', ['-c', line.replace('clew dev', 'clew dev --port 0 --otlp-port 0')], {
      cwd: folder,
      env: { PATH, HOME, PORT: String(port), CI: 'true', npm_config_update_notifier: 'false' },
      detached: true,
    })
    let said = ''
    for (const stream of [running.stdout, running.stderr]) stream?.on('data', (chunk) => (said += String(chunk)))
    await until('the answer', async () => (await textOf(url)) === 'hello')
    addresses.push(url)
    const viewer = /clew: viewer (http:\/\/127\.0\.0\.1:\d+)\n/.exec(said)?.[1] as string
    addresses.push(viewer)
    const search = '/logs/search?q=request+completed'
    await until('the record', async () => (await ask<{ records: StoredLog[] }>(viewer, search)).records.length > 0)
    const { records } = await ask<{ records: StoredLog[] }>(viewer, search)
    const service = /OTEL_SERVICE_NAME=(\w+)/.exec(line)?.[1] ?? 'hello'
    expect(records[0]).toMatchObject({ service, path: '/', status_code: 200, duration_ms: expect.any(Number) })
  },
  60_000,
)

async function textOf(url: string): Promise<string> {
  try {
    return await (await fetch(url)).text()
  } catch {
    return ''
  }
}
