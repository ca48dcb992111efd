import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startCollector, type Collector } from '../../stack/native/collector.ts'
import { eventually } from './support/eventually.ts'
import {
  attribute,
  everythingIn,
  recordsIn,
  spansIn,
  RETENTION_CLASSES,
  type FileRecord,
  type RetentionClass,
} from './support/otlp-files.ts'
import { postCounter, postLogs, postSpan, record, string } from './support/otlp-post.ts'
import { startListening } from '../examples/example-program.ts'

const program = inject('collectorProgram')

describe.skipIf(program === '')('the real collector with the root configuration', () => {
  let collector: Collector
  const dataDir = mkdtempSync(join(tmpdir(), 'clew-collector-'))

  beforeAll(async () => {
    collector = await startCollector({ program, dataDir })
  })
  afterAll(async () => {
    await collector.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })

  const arrived = (text: string, ...classes: readonly RetentionClass[]): Promise<FileRecord> =>
    eventually(`'${text}' in a file`, () =>
      recordsIn(dataDir, ...classes).find((each) => each.body?.stringValue === text),
    )

  it('keeps what the example service said, under the trace id of the span it was said in', async () => {
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, CLEW_HOME: join(dataDir, 'home'), PORT: '0' }
    const service = await startListening('examples/interviews/service.ts', environment)
    const answer = await fetch(`${service.url}/sessions/none`, { headers: { 'x-request-id': 'asked-for-nothing' } })
    await service.stop()
    expect(answer.status).toBe(404)

    const said = await arrived('no such session')
    expect(said.traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(attribute(said, 'clew.request.id')).toBe('asked-for-nothing')
    const span = await eventually('its span', () => spansIn(dataDir).find((each) => each.spanId === said.spanId))
    expect(span).toMatchObject({ traceId: said.traceId, name: 'GET /sessions/:id' })
  })

  it('keeps a record under the ids it was sent with, beside its span', async () => {
    const ids = await postSpan(collector.endpoint, 'sent by hand', [])
    await postLogs(collector.endpoint, { ...record(9, 'said by hand'), ...ids })

    expect(await arrived('said by hand')).toMatchObject(ids)
    const span = await eventually('the span', () => spansIn(dataDir).find((each) => each.name === 'sent by hand'))
    expect(span).toMatchObject(ids)
  })

  it('keeps each record in the one file of its class of retention', async () => {
    const audited = [{ key: 'clew.channel', value: string('audit') }]
    const said: readonly (readonly [RetentionClass, FileRecord])[] = [
      ['debug', record(1, 'traced')],
      ['debug', record(5, 'debugged')],
      ['info', record(9, 'said calmly')],
      ['info', { ...record(0, 'said without a level') }],
      ['warning', record(13, 'said with worry')],
      ['warning', record(16, 'said with most worry')],
      ['error', record(17, 'card refused')],
      ['error', record(21, 'disk gone')],
      ['audit', record(9, 'logged in', audited)],
      ['audit', record(17, 'login broken', audited)],
    ]
    await postLogs(collector.endpoint, ...said.map(([, each]) => each))

    const texts = said.map(([, each]) => each.body?.stringValue ?? '')
    await Promise.all(texts.map((text) => arrived(text)))
    const found = RETENTION_CLASSES.flatMap((name) =>
      recordsIn(dataDir, name).map((each) => [name, each.body?.stringValue ?? ''] as const),
    ).filter(([, text]) => texts.includes(text))
    expect(new Set(found)).toEqual(new Set(said.map(([name], index) => [name, texts[index]])))
    expect(found).toHaveLength(said.length)
  })

  it('tags an error with the type of its exception, and one without an exception as _OTHER', async () => {
    await postLogs(
      collector.endpoint,
      record(17, 'typed', [{ key: 'exception.type', value: string('TimeoutError') }]),
      record(17, 'untyped'),
      record(9, 'no error'),
    )

    expect(attribute(await arrived('typed'), 'error.type')).toBe('TimeoutError')
    expect(attribute(await arrived('untyped'), 'error.type')).toBe('_OTHER')
    expect(attribute(await arrived('no error'), 'error.type')).toBeUndefined()
  })

  it('takes level, time, trace and fields out of a body that is JSON text', async () => {
    const trace_id = '0af7651916cd43dd8448eb211c80319c'
    const span_id = 'b7ad6b7169203331'
    const timestamp = new Date(Date.now() - 60_000).toISOString()
    const line = { level: 'warn', msg: 'from json', timestamp, trace_id, span_id, user: 'u-1' }
    await postLogs(collector.endpoint, { body: string(JSON.stringify(line)) })

    const read = await arrived('from json')
    const { observedTimeUnixNano: _, ...fields } = read
    expect(fields).toEqual({
      timeUnixNano: `${Date.parse(timestamp)}000000`,
      severityNumber: 13,
      severityText: 'WARNING',
      traceId: trace_id,
      spanId: span_id,
      body: string('from json'),
      attributes: [{ key: 'user', value: string('u-1') }],
    })
  })

  it('takes them out of a line of pino', async () => {
    const time = Date.now() - 60_000
    await postLogs(collector.endpoint, { body: string(JSON.stringify({ level: 50, time, pid: 7, msg: 'from pino' })) })

    const { observedTimeUnixNano: _, ...fields } = await arrived('from pino')
    expect(fields).toEqual({
      timeUnixNano: `${time}000000`,
      severityNumber: 17,
      severityText: 'ERROR',
      body: string('from pino'),
      attributes: expect.arrayContaining([
        { key: 'pid', value: { doubleValue: 7 } },
        { key: 'error.type', value: string('_OTHER') },
      ]) as unknown,
    })
  })

  it('keeps what it can’t read of such a line', async () => {
    const line = { level: 'chatty', time: 'noon', trace_id: 'none', message: 'from elsewhere' }
    await postLogs(collector.endpoint, { body: string(JSON.stringify(line)) })

    const { attributes, severityNumber } = await arrived('from elsewhere')
    expect(severityNumber).toBeUndefined()
    const pairs = (attributes ?? []).map(({ key, value }) => [key, value.stringValue])
    expect(Object.fromEntries(pairs)).toEqual({ level: 'chatty', timestamp: 'noon', time: 'noon', trace_id: 'none' })
  })

  it('keeps text that only looks like JSON as it is, and gives a record without a time one', async () => {
    const before = Date.now()
    await postLogs(collector.endpoint, { body: string('{ not json }') })

    const read = await arrived('{ not json }')
    expect(Number(BigInt(read.timeUnixNano ?? 0) / 1_000_000n)).toBeGreaterThanOrEqual(before)
  })

  it('lets no planted secret into any file, however it is wrapped', async () => {
    const secret = 'hunter2-planted'
    const wrapped = { kvlistValue: { values: [{ key: 'password', value: string(secret) }] } }
    const attributes = [
      ...['password', 'user.passwd', 'http.request.header.authorization', 'Set-Cookie', 'access_token', 'apiKey'].map(
        (key) => ({ key, value: string(secret) }),
      ),
      { key: 'http.request.header.cookie', value: { arrayValue: { values: [string(secret)] } } },
      { key: 'request', value: wrapped },
      { key: 'form', value: string(`{"user":"u-1","password":"${secret}"}`) },
      { key: 'order.id', value: string('o-7') },
    ]
    await postLogs(collector.endpoint, record(17, 'login failed', attributes))
    await postLogs(collector.endpoint, { severityNumber: 9, body: wrapped })
    await postLogs(collector.endpoint, { body: string(`{"message":"json with secret","api_key":"${secret}"}`) })
    await postLogs(collector.endpoint, record(9, `sent Authorization: Bearer ${secret}`))
    await postSpan(collector.endpoint, 'login', attributes)
    await postCounter(collector.endpoint, 'logins', attributes)
    await postLogs(collector.endpoint, record(9, 'after the secrets'))

    await arrived('after the secrets')
    const kept = await arrived('login failed', 'error')
    await eventually('span and metric', () => {
      const text = everythingIn(dataDir)
      return (text.includes('"name":"login"') && text.includes('"name":"logins"')) || undefined
    })
    expect(attribute(kept, 'password')).toBe('****')
    expect(attribute(kept, 'order.id')).toBe('o-7')
    expect(everythingIn(dataDir)).not.toContain(secret)
  })

  it('leaves names that only resemble secrets alone', async () => {
    const attributes = [{ key: 'gen_ai.usage.input_tokens', value: string('1200') }]
    await postLogs(collector.endpoint, record(9, 'counted tokens', attributes))

    expect(attribute(await arrived('counted tokens'), 'gen_ai.usage.input_tokens')).toBe('1200')
  })

  it('accepts again after a restart, keeps the old records, and says nothing alarming meanwhile', async () => {
    await postLogs(collector.endpoint, record(9, 'before the restart'))
    await arrived('before the restart')
    await collector.stop()
    expect(alarms(collector)).toEqual([])

    collector = await startCollector({ program, dataDir, ports: collector.ports })
    await postLogs(collector.endpoint, record(9, 'after the restart'))

    await arrived('after the restart')
    await arrived('before the restart')
  })

  it('tells of itself in numbers', async () => {
    await postLogs(collector.endpoint, record(9, 'one more'))

    const numbers = await fetch(`http://127.0.0.1:${collector.ports.ownMetrics}/metrics`)
    expect(await numbers.text()).toMatch(/otelcol_receiver_accepted_log_records\S* \d+/)
  })
})

/** Warnings and errors the collector printed. */
function alarms(collector: Collector): string[] {
  return collector
    .output()
    .split('\n')
    .filter((line) => /\t(warn|error|fatal)\t/i.test(line))
}
