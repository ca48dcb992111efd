import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FileOutput, type FileOutputSettings } from '../../../src/outputs/files/index.ts'
import { createConsoleOutput } from '../../../src/outputs/index.ts'
import { BoundFields, createScope, type LogRecordData } from '../../../src/otlp/index.ts'
import { createEncoding, fixedUid } from '../../support/encoding.ts'

let directory: string
const outputs: FileOutput[] = []
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'clew-output-')))
})
afterEach(() => {
  for (const output of outputs.splice(0)) output.end()
  rmSync(directory, { recursive: true, force: true })
})

const ROTATION = { maxBytes: 10_485_760, backupCount: 5, retentionMillis: 1e9 }
const EVENTS = { failed: () => {}, leftOut: () => {}, untidy: () => {}, ended: () => {} }

function open(settings: Partial<FileOutputSettings> = {}, encoding = createEncoding()): FileOutput {
  const path = join(directory, 'logs', 'shop.jsonl')
  const output = new FileOutput({ path, modules: [], ...ROTATION, ...settings }, encoding, EVENTS)
  outputs.push(output)
  return output
}

const RECORD: LogRecordData = {
  timeMillis: Date.UTC(2024, 0, 15, 10, 30, 45),
  severityNumber: 9,
  severityText: 'INFO',
  body: 'said',
  eventName: undefined,
  scope: createScope('orders'),
  context: undefined,
  bound: undefined,
  fields: undefined,
  error: undefined,
  trace: undefined,
  uid: fixedUid('01M7Z15Z4N845NZJ3F02QRKBW7'),
}
const INFO = (body: string, more: Partial<LogRecordData> = {}): LogRecordData => ({ ...RECORD, body, ...more })
const ERROR = { severityNumber: 17, severityText: 'ERROR' }

/** What each file says, by its name. */
function said(): Record<string, string[]> {
  const folder = join(directory, 'logs')
  const messages = (name: string): string[] =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { message: string }).message)
  return Object.fromEntries(readdirSync(folder).map((name) => [name, messages(name)]))
}

describe('a record', () => {
  test('stands in the main file, in that of errors and that of security events where it belongs there', () => {
    const output = open()
    output.emit(INFO('plain'))
    output.emit(INFO('warning', { severityNumber: 13 }))
    output.emit(INFO('error', ERROR))
    output.emit(INFO('critical', { severityNumber: 21 }))
    output.emit(INFO('audit', { audit: true }))
    output.emit(INFO('field', { fields: { 'clew.channel': 'audit' } }))
    output.emit(INFO('bound', { bound: new BoundFields({ 'clew.channel': 'audit' }) }))
    output.emit(INFO('denied', { eventName: 'PERMISSION_DENIED', ...ERROR }))
    output.emit(INFO('event', { eventName: 'transcript published' }))
    expect(said()).toEqual({
      'shop.jsonl': ['plain', 'warning', 'error', 'critical', 'audit', 'field', 'bound', 'denied', 'event'],
      'error.log': ['error', 'critical', 'denied'],
      'security.log': ['audit', 'field', 'bound', 'denied'],
    })
  })

  test('of a chosen component stands in a file of its own as well', () => {
    const output = open({ modules: ['Orders', 'payments.*'] })
    for (const name of ['orders', 'payments.card', 'payments.cash', 'payments', 'carts'])
      output.emit(INFO(name, { scope: createScope(name) }))
    expect(said()).toEqual({
      'shop.jsonl': ['orders', 'payments.card', 'payments.cash', 'payments', 'carts'],
      'orders.jsonl': ['orders'],
      'payments.card.jsonl': ['payments.card'],
      'payments.cash.jsonl': ['payments.cash'],
    })
  })

  test('stands there once where both files would be the same', () => {
    open({ modules: ['*'], path: join(directory, 'logs', 'error.log') }).emit(INFO('error', ERROR))
    open({ modules: ['*'] }).emit(INFO('main', { scope: createScope('shop') }))
    expect(said()).toEqual({ 'error.log': ['error'], 'orders.jsonl': ['error'], 'shop.jsonl': ['main'] })
  })

  test.each(['../../escaped', '/etc/passwd', '..', '.hidden', '', 'a\0b', 'x'.repeat(400), '界'.repeat(200)])(
    'of a component called %j has its file beside the others',
    (name) => {
      open({ modules: ['*'] }).emit(INFO('said', { scope: createScope(name) }))
      const names = readdirSync(join(directory, 'logs'))
      expect(names).toHaveLength(2)
      expect(names.every((file) => /^[^.].*\.jsonl$/.test(file) && Buffer.byteLength(file) < 200)).toBe(true)
      expect(readdirSync(directory)).toEqual(['logs'])
    },
  )

  test('of more components than there are descriptors for stands in the main file only', () => {
    const output = open({ modules: ['*'] })
    for (let n = 0; n < 1_000; n++) output.emit(INFO('said', { scope: createScope(`tenant-${n}`) }))
    output.flush()
    const files = said()
    expect(files['shop.jsonl']).toHaveLength(1_000)
    expect(Object.keys(files).length).toBeLessThan(100)
  })

  test('that is held is written when it is let go, as it was', () => {
    const output = open()
    const fields = { n: 1 }
    const held = output.hold(INFO('held', { ...ERROR, fields }))
    fields.n = 2
    expect(existsSync(join(directory, 'logs'))).toBe(false)
    held.write()
    expect(said()).toEqual({ 'shop.jsonl': ['held'], 'error.log': ['held'] })
    expect(readFileSync(join(directory, 'logs', 'error.log'), 'utf8')).toContain('"n":1')
  })

  test('of the audit channel is kept unless it only waits in memory', () => {
    const output = open()
    output.emit(INFO('audit', { audit: true }))
    expect(output.keeps()).toBe(true)
    const hindered = open({ path: join(directory, 'logs', 'shop.jsonl', 'no directory') })
    hindered.emit(INFO('audit', { audit: true }))
    expect(hindered.keeps()).toBe(false)
  })

  test('that waits, and one that was gathered behind it, are written at the end if they can be by then', () => {
    const folder = join(directory, 'logs')
    writeFileSync(folder, 'in the way')
    const output = open()
    for (let n = 0; n < 100; n++) output.emit(INFO(`${n}`))
    rmSync(folder)
    output.end()
    expect(said()).toEqual({ 'shop.jsonl': Array.from({ length: 100 }, (_, n) => `${n}`) })
    expect(output.status()).toMatchObject({ waiting: 0, dropped: { file_full: 0, file_unwritable: 0 } })
  })

  test('is encoded once for a file and for lines on stdout, to the same bytes', () => {
    let read = 0
    let stdout = ''
    const encoding = createEncoding()
    const output = open({}, encoding)
    const console = createConsoleOutput('json', encoding, { write: (text) => (stdout += text) }, false)
    const value = { toJSON: () => ++read }
    for (let n = 1; n <= 3; n++) {
      const record = INFO(`number ${n}`, { fields: { value } })
      console.emit(record)
      output.emit(record)
      expect(read).toBe(n)
    }
    expect(readFileSync(join(directory, 'logs', 'shop.jsonl'), 'utf8')).toBe(stdout)
  })
})

describe('a program in development', () => {
  const run = (way: string, more: NodeJS.ProcessEnv = {}): { files: unknown; stderr: string } => {
    const program = join(import.meta.dirname, '../../fixtures/files.mjs')
    const env = { CLEW_LIFECYCLE: 'false', ...more }
    const { stdout, stderr } = spawnSync(process.execPath, [program, way], { cwd: directory, env, encoding: 'utf8' })
    return { files: JSON.parse(stdout), stderr }
  }

  test('has files in logs, without being asked', () => {
    const path = join(directory, 'logs', 'shop.jsonl')
    const dropped = { file_full: 0, file_unwritable: 0 }
    expect(run('said')).toEqual({ files: { path, waiting: 0, dropped }, stderr: '' })
    expect(said()).toEqual({ 'shop.jsonl': ['said'] })
  })

  test('has none in production, and none where they are switched off', () => {
    expect(run('said', { NODE_ENV: 'production', OTEL_LOGS_EXPORTER: 'none' }).files).toBeNull()
    expect(run('said', { CLEW_LOG_FILE: 'off' }).files).toBeNull()
    expect(readdirSync(directory)).toEqual([])
  })

  test('has them where a variable says', () => {
    run('said', { NODE_ENV: 'production', CLEW_LOG_FILE: 'logs/other.jsonl' })
    expect(said()).toEqual({ 'other.jsonl': ['said'] })
  })

  test('writes nothing to a file that it captures', () => {
    expect(run('captured').stderr).toBe('')
    expect(readdirSync(directory)).toEqual([])
  })
})
