import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'
import { startProgram } from '../support/program.ts'
import { runDoctor } from './doctor-run.ts'

let folder: string
let receiver: OtlpReceiver
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clew-docs-'))
  receiver = await startReceiver()
})
afterEach(async () => {
  await receiver.close()
  await rm(folder, { recursive: true, force: true })
})

/** A service with what the example tells of. */
async function makeShop(): Promise<void> {
  const packages = { express: '5.3.0', ws: '8.23.0', redis: '4.7.1', '@sentry/node': '11.12.0' }
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'shop', version: '1.4.0', dependencies: packages }),
  )
  await writeFile(join(folder, 'config.yaml'), 'logging:\n  slow_ms: 500\n')
  for (const [name, version] of Object.entries(packages)) {
    await mkdir(join(folder, 'node_modules', name), { recursive: true })
    await writeFile(join(folder, 'node_modules', name, 'package.json'), JSON.stringify({ name, version }))
  }
  const environment = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
    CLEW_HOME: join(folder, '.clew'),
    OTEL_SERVICE_NAME: 'shop',
  }
  const killed = startProgram('test/fixtures/service.mjs', ['30', 'stay'], environment)
  await new Promise((resolve) => killed.child.stdout?.once('data', resolve))
  killed.child.kill('SIGKILL')
  await killed.ended
}

/** Lines, without what differs from run to run. */
function rowsOf(text: string): string[] {
  return text
    .replaceAll(folder, '/srv/shop')
    .replaceAll(receiver.url, 'http://collector:4318')
    .replaceAll(/\d+([.:TZ-]+\d+)*/g, '#')
    .replaceAll('seconds', 'second')
    .split('\n')
    .map((line) => line.trim().replaceAll(/ {2,}/g, '  '))
    .filter((line) => line !== '')
}

/** What lies in a node_modules above all temporary folders. */
const ELSEWHERE = /^ok {2}(fastify|koa|hono|ioredis|socket\.io|undici) /

test('the example on the page is what clew doctor says', async () => {
  await makeShop()
  receiver.answer = ({ url }) => ({ status: url === '/metrics' ? 404 : 200 })
  const { code, out } = await runDoctor({
    cwd: folder,
    environment: {
      NODE_ENV: 'production',
      LOG_LEVEL: 'info,orders=debug',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20s3cret',
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${receiver.url}/metrics`,
    },
  })
  expect(code).toBe(1)
  const page = await readFile(join(import.meta.dirname, '../../docs/doctor.md'), 'utf8')
  const example = rowsOf(/```\nclew [\s\S]*?```/.exec(page)?.[0].replaceAll('```', '') ?? '')
  const real = rowsOf(out).filter((row) => !ELSEWHERE.test(row))
  const [checks, others] = [real.slice(real.indexOf('Checks')), real.slice(0, real.indexOf('Checks'))]
  expect(example.slice(example.indexOf('Checks'))).toEqual(checks)
  // Of the settings the page shows some.
  const settings = example.slice(0, example.indexOf('Checks')).filter((row) => row !== '…')
  expect(settings.length).toBeGreaterThan(8)
  expect(settings.filter((row) => !others.includes(row))).toEqual([])
})
