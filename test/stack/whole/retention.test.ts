import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { parseDocument } from 'yaml'
import { packageFolder, readStackSettings, renderStack } from '../../../src/stack/index.ts'
import { startCollector } from '../../../stack/native/collector.ts'
import { startLoki, type Loki, type LokiPorts } from '../../../stack/native/loki.ts'
import { eventually } from '../support/eventually.ts'
import { ask } from '../support/queries.ts'

const programs = inject('stackPrograms')
const DAY = 86_400_000
const LEVELS = { DEBUG: 5, TRACE: 1, INFO: 9, WARNING: 13, ERROR: 17, CRITICAL: 21 }
/** A day before the end of each class of the committed settings, and a day behind it. */
const AGES = [6, 8, 29, 31, 179, 181, 364, 366]

describe.skipIf(programs === undefined)('Loki with the written configuration', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clew-retention-'))
  const config = join(folder, 'loki.yaml')
  let loki: Loki

  const start = (dataDir: string, ports?: LokiPorts): Promise<Loki> => {
    mkdirSync(dataDir, { recursive: true })
    return startLoki({ program: programs?.loki ?? '', dataDir, config, ports })
  }

  beforeAll(async () => {
    writeFileSync(config, hurried(lokiConfig(), folder))
    loki = await start(join(folder, 'first'))
    const env = { CLEW_LOKI_ENDPOINT: `${loki.url}/otlp` }
    const collector = await startCollector({ program: programs?.collector ?? '', dataDir: folder, env })
    await Promise.all(AGES.map((days) => sayAll(collector.endpoint, days)))
    await eventually('all records in Loki', async () =>
      (await counter(loki, 'loki_distributor_lines_received_total')) === said().length ? true : undefined,
    )
    await collector.stop()
    // What is not on disk yet is out of retention's reach; and the index of these chunks is made at the next start.
    await fetch(`${loki.url}/flush`, { method: 'POST' })
    await loki.stop()
    loki = await start(join(folder, 'first'), loki.ports)
  }, 180_000)
  afterAll(async () => {
    await loki.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** What is found around each age. */
  const found = async (): Promise<string[]> => {
    const lines: string[] = []
    for (const days of AGES) {
      const [start, end] = [days + 0.5, days - 0.5].map((one) => String(Math.round(Date.now() - one * DAY) * 1e6))
      const query = { query: '{service_namespace="retention"}', start: start ?? '', end: end ?? '' }
      const { result } = await ask<Streams>(`${loki.url}/loki/api/v1/query_range`, query)
      lines.push(...result.flatMap(({ values }) => values.map(([, line]) => line)))
    }
    return lines.toSorted()
  }

  it('finds all of it', async () => {
    const all = said().map(({ text }) => text)
    expect(await found()).toEqual(all.toSorted())
  })

  it('deletes each level, and audit records of any level, by its own time, and nothing else', async () => {
    const left = said().flatMap(({ text, isKept }) => (isKept ? [text] : []))
    expect(left.length).toBeLessThan(said().length)
    await eventually(
      'the end of what is too old',
      () => (chunkFiles(folder) === left.length ? true : undefined),
      180_000,
    )
    await loki.stop()
    // One that knows nothing but what is in the storage: the first keeps an old index for some minutes.
    loki = await start(join(folder, 'another'))
    expect(await found()).toEqual(left.toSorted())
  }, 240_000)
})

it.skipIf(programs === undefined)('Loki accepts what clew stack writes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'clew-retention-'))
  const config = join(folder, 'loki.yaml')
  writeFileSync(config, lokiConfig())
  const env = { LOKI_DIR: folder }
  const verify = promisify(execFile)(programs?.loki ?? '', ['-verify-config', '-config.expand-env=true', `-config.file=${config}`], { env }) // prettier-ignore
  await expect(verify).resolves.toMatchObject({ stderr: '' })
  rmSync(folder, { recursive: true })
})

function lokiConfig(): string {
  const { settings } = readStackSettings({ defaults: join(packageFolder(), 'stack/settings.yaml'), variables: {} })
  return renderStack(packageFolder(), settings).get('stack/loki/loki.yaml') ?? ''
}

/** The same, but with a storage at a place of its own, and with all of it looked at each second: nothing of how long what is kept. */
function hurried(text: string, folder: string): string {
  const document = parseDocument(text)
  document.setIn(['compactor', 'compaction_interval'], '1s')
  document.setIn(['compactor', 'apply_retention_interval'], '1s')
  document.setIn(['compactor', 'retention_delete_delay'], '1s')
  document.setIn(['common', 'storage', 'filesystem', 'chunks_directory'], join(folder, 'chunks'))
  return document.toString()
}

interface Streams {
  readonly result: readonly { readonly values: readonly (readonly [time: string, line: string])[] }[]
}

interface Said {
  readonly text: string
  readonly days: number
  readonly severityNumber: number
  readonly isAudit: boolean
  /** By the settings that are committed. */
  readonly isKept: boolean
}

function said(): Said[] {
  return AGES.flatMap((days) => [
    ...Object.entries(LEVELS).map(([level, severityNumber]) => ({
      text: `${level} of ${days} days ago`,
      days,
      severityNumber,
      isAudit: false,
      isKept: days < { DEBUG: 7, TRACE: 7, INFO: 30, WARNING: 180, ERROR: 365, CRITICAL: 365 }[level as keyof typeof LEVELS], // prettier-ignore
    })),
    { text: `audit of ${days} days ago`, days, severityNumber: 5, isAudit: true, isKept: days < 365 },
  ])
}

/** A service for each age: into a stream that has newer records Loki takes none that are hours older. */
async function sayAll(endpoint: string, days: number): Promise<void> {
  const string = (key: string, stringValue: string) => ({ key, value: { stringValue } })
  const timeUnixNano = String(BigInt(Date.now() - days * DAY) * 1_000_000n)
  const logRecords = said()
    .filter((one) => one.days === days)
    .map(({ text, severityNumber, isAudit }) => ({
      timeUnixNano,
      severityNumber,
      body: { stringValue: text },
      attributes: isAudit ? [string('clew.channel', 'audit')] : [],
    }))
  const attributes = [string('service.name', `service-${days}`), string('service.namespace', 'retention')]
  const body = JSON.stringify({ resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords }] }] })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${endpoint}/v1/logs`, { method: 'POST', headers, body })
  expect(answer.status).toBe(200)
}

async function counter(loki: Loki, name: string): Promise<number> {
  const text = await (await fetch(`${loki.url}/metrics`)).text()
  const values = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (.*)$`, 'gm'))].map((match) => Number(match[1]))
  return values.reduce((sum, value) => sum + value, 0)
}

/** Of each stream, and each record is one here, one: in the folder of their tenant, beside that of the index. Undefined while folders are being removed. */
function chunkFiles(folder: string): number | undefined {
  try {
    const entries = readdirSync(join(folder, 'chunks/fake'), { recursive: true, withFileTypes: true })
    return entries.filter((entry) => entry.isFile()).length
  } catch {
    return undefined
  }
}
