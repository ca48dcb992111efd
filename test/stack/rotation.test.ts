import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { packageFolder, readStackSettings, renderStack } from '../../src/stack/index.ts'
import { startCollector, type Collector } from '../../stack/native/collector.ts'
import { eventually } from './support/eventually.ts'
import { postLogs, record } from './support/otlp-post.ts'

const program = inject('collectorProgram')
const DAY = 86_400_000
/** Three of these, and a file of one megabyte is put aside. */
const BULK = 'x'.repeat(400_000)

describe.skipIf(program === '')('the collector’s files, with settings of one megabyte and two old files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clew-rotation-'))
  const dataDir = join(folder, 'data')
  let collector: Collector

  const backups = (kind: string): string[] =>
    readdirSync(dataDir)
      .filter((name) => name.startsWith(`logs-${kind}-2`))
      .toSorted()
  const backupName = (kind: string, days: number): string =>
    `logs-${kind}-${new Date(Date.now() - days * DAY).toISOString().slice(0, 23).replaceAll(':', '-')}-size.jsonl`
  const say = async (severity: number, text: string): Promise<void> =>
    postLogs(collector.endpoint, record(severity, `${text} ${BULK}`))

  beforeAll(async () => {
    mkdirSync(dataDir)
    // What earlier runs put aside: their names say when.
    for (const days of [6, 8, 29, 31]) {
      writeFileSync(join(dataDir, backupName('debug', days)), 'an old record\n')
      writeFileSync(join(dataDir, backupName('info', days)), 'an old record\n')
    }
    const { settings } = readStackSettings({ defaults: join(packageFolder(), 'stack/settings.yaml'), variables: {} })
    const files = { maxMegabytes: 1, maxBackups: { ...settings.files.maxBackups, debug: 100, info: 2 } }
    const rendered = renderStack(packageFolder(), { ...settings, files })
    const written = join(folder, 'collector-config.yaml')
    writeFileSync(written, rendered.get('collector-config.yaml') ?? '')
    collector = await startCollector({ program, dataDir, further: [written] })
  })
  afterAll(async () => {
    await collector.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('at the first record, what was put aside longer ago than its class is kept is removed', async () => {
    expect(backups('debug')).toHaveLength(4)
    await say(5, 'a debug record')
    await eventually('old files to go', () => (backups('debug').length === 1 ? true : undefined))
    const [left = ''] = backups('debug')
    expect(Date.now() - Date.parse(left.slice(11, 21))).toBeLessThan(7 * DAY)
  })

  it('at a rotation, files beyond the number of old files are removed, however young', async () => {
    await say(9, 'first')
    await eventually('the oldest to go', () => (backups('info').length === 2 ? true : undefined))
    for (const text of ['second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth']) await say(9, text)
    const names = await eventually('two files of today', () => {
      const all = backups('info')
      const today = new Date().toISOString().slice(0, 10)
      return all.length === 2 && all.every((name) => name.includes(today)) ? all : undefined
    })
    const words = (name: string): string[] =>
      [...readFileSync(join(dataDir, name), 'utf8').matchAll(/"(\w+) xxx/g)].map((match) => match[1] as string)
    const left = [...names, 'logs-info.jsonl'].flatMap(words)
    expect(left.at(-1)).toBe('ninth')
    expect(left).not.toContain('first')
  })

  it('a file that is not rotated keeps its records, whatever their age', async () => {
    const old = { ...record(5, 'said a year ago'), timeUnixNano: `${BigInt(Date.now() - 365 * DAY) * 1_000_000n}` }
    await postLogs(collector.endpoint, old)
    await eventually('the record', () =>
      readFileSync(join(dataDir, 'logs-debug.jsonl'), 'utf8').includes('said a year ago') ? true : undefined,
    )
    expect(backups('debug')).toHaveLength(1)
  })
})
