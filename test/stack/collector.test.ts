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
    expect(Object.fromEntries(pairs)).toEqual({ level: 'chatty', timestamp: 'noon', trace_id: 'none' })
  })

  it.each([
    ['a time with an offset', { time: '2026-11-22T10:00:00.5+02:00', level: 'panic' }, '1795334400500000000', 21],
    ['a time in whole seconds', { timestamp: '2026-11-22T08:00:00Z', severity: 'crit' }, '1795334400000000000', 21],
  ])('reads %s', async (name, line, timeUnixNano, severityNumber) => {
    await postLogs(collector.endpoint, { body: string(JSON.stringify({ ...line, msg: name })) })

    expect(await arrived(name)).toMatchObject({ timeUnixNano, severityNumber })
  })

  it('takes no number for a time that is none, and loses no digit and no second message', async () => {
    const before = Date.now()
    const line = '{"msg":"short","message":"whole","time":1795311969000000000,"order_id":9007199254740993}'
    await postLogs(collector.endpoint, { body: string(line) })

    const read = await arrived('whole')
    expect(Number(BigInt(read.timeUnixNano ?? 0) / 1_000_000n)).toBeGreaterThanOrEqual(before)
    expect(attribute(read, 'msg')).toBe('short')
    expect(attribute(read, 'log.record.original')).toBe(line)
    expect(read.attributes?.find(({ key }) => key === 'time')?.value).toEqual({ doubleValue: 1795311969000000000 })
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

  it.each([
    'grant_type=code&client_secret=SECRET&x=1',
    'https://host/cb?id_token=SECRET',
    'ws://host/live?token=SECRET',
    'DB_PASSWORD=SECRET PGPASSWORD=SECRET AWS_SECRET_ACCESS_KEY=SECRET',
    'connect with password="SECRET" or passwd=\'SECRET\'',
    'Authorization: Basic SECRET',
    'Set-Cookie: sid=SECRET; HttpOnly',
    'x-api-key: SECRET',
    'password: SECRET',
    '{"password_hash":"SECRET","n":1}',
    '{"credential":{"a":{"b":1},"pw":"SECRET"}}',
    '{"token":[["a"],"SECRET"]}',
    'sent {\\"password\\":\\"SECRET\\"}',
    'postgres://user:p@SECRET@host/db',
  ])('masks the secret in %s', async (text) => {
    const secret = `s3cr3t-${Math.random().toString(36).slice(2)}`
    const marker = `marked ${secret.slice(7)} `
    await postLogs(collector.endpoint, record(9, marker + text.replaceAll('SECRET', secret)))

    const kept = await eventually('it', () =>
      recordsIn(dataDir).find((each) => each.body?.stringValue?.startsWith(marker)),
    )
    expect(kept.body?.stringValue).toContain('****')
    expect(everythingIn(dataDir)).not.toContain(secret)
  })

  it.each([
    'Bearer authentication failed, a bearer is required',
    'http://localhost:3000?email=joe@example.com',
    'https://host/a:b@c and https://host:8443/path/joe@example.com',
    'train sk-learn-pipeline-v2 with max_tokens=100 and input_tokens: 5',
    'password=[REDACTED] redis://:[REDACTED]@host {"password":"[REDACTED]"} Authorization: [REDACTED]',
    'the secret of success, and a token of appreciation',
  ])('leaves %s alone', async (text) => {
    await postLogs(collector.endpoint, record(9, text))

    expect((await arrived(text)).body?.stringValue).toBe(text)
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
