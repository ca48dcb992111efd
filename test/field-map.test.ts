import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AUDIT_LOG_COLUMNS, FIELD_MAP, PARAMETERS, type FieldRow } from '../src/fields/index.ts'
import { levelName } from '../src/logging/index.ts'
import type { LogEntry } from '../src/otlp/decode-entry.ts'
import { startTestServer, type Answer, type TestServer } from './server/test-server.ts'
import { parseLogfmt } from './support/logfmt.ts'
import { startReceiver } from './support/otlp-receiver.ts'
import { runProgram } from './support/program.ts'

/** What the program says, by the keys of the field map. */
const METADATA = { 'order.id': 7, level: 'gold', cart: { items: ['book'] } }
const SAID: Readonly<Record<string, unknown>> = {
  timestamp: '2026-11-21T10:30:45.123Z',
  level: 'ERROR',
  component: 'shop',
  operation: 'checkout',
  message: 'payment failed',
  event: 'payment.failed',
  session_id: 's-1',
  user_id: 'u-7',
  tenant_id: 'acme',
  request_id: 'r-9',
  trace_flags: '00',
  duration_ms: 12.5,
  user_email: 'ann@example.org',
  user_role: ['admin', 'clerk'],
  ip_address: '10.0.0.1',
  user_agent: 'curl/8.9 (linux)',
  method: 'POST',
  path: '/orders/7',
  route: '/orders/{id}',
  status_code: 502,
  action: 'pay',
  status: 'FAILED',
  error_type: 'TypeError',
  channel: 'app',
  'error.type': 'TypeError',
  'error.message': 'no money',
  'error.stack': 'TypeError: no money\n    at pay (shop.js:1:1)',
  'error.code': 'E_MONEY',
}

const ROWS: readonly FieldRow[] = FIELD_MAP

/** The attributes that are said in code, by the shortest name there is. */
const ATTRIBUTES = Object.fromEntries([
  ...ROWS.filter((row) => row.attribute !== undefined && !row.key.startsWith('error.') && row.key !== 'uid').map(
    ({ key, attribute, short }) => [short ?? attribute, SAID[key]],
  ),
  ...Object.entries(METADATA),
]) as Record<string, unknown>

let server: TestServer
let entry: LogEntry
let line: string
let logfmt: string
let answer: Answer

beforeAll(async () => {
  server = await startTestServer()
  const receiver = await startReceiver()
  const said = JSON.stringify(ATTRIBUTES)
  const variables = { OTEL_TRACES_SAMPLER: 'always_off', CLEW_HOME: join(server.folder, 'home') }
  const run = async (format: string, endpoint: string): Promise<string> => {
    const environment = { ...variables, LOG_FORMAT: format, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }
    const { stdout, stderr } = await runProgram('test/fixtures/everything.mjs', [said], environment)
    expect(stderr).toBe('')
    return stdout
  }
  line = await run('json', receiver.url)
  logfmt = await run('logfmt', server.server.urls.otlp)
  entry = receiver.logs[0] as LogEntry
  const { records } = (await server.get('/logs/search')).body
  answer = records[0]
  await receiver.close()
})
afterAll(() => server.stop())

/** What is at the end of a key's path. */
function at(value: unknown, key: string): unknown {
  return key.split('.').reduce((part, step) => (part as Record<string, unknown> | undefined)?.[step], value)
}

const CASES = ROWS.filter(({ key }) => key !== 'metadata').map((row) => [row.key, row] as const)

describe('one record that has everything, read back', () => {
  const parts = (): Record<string, unknown> => ({
    timeUnixNano: new Date(entry.timeMillis).toISOString(),
    severityNumber: levelName(entry.severityNumber),
    'scope.name': entry.scope.name,
    body: entry.body,
    eventName: entry.eventName,
    traceId: entry.traceId,
    spanId: entry.spanId,
  })

  test('has nothing in its metadata that has a place of its own', () => {
    expect(JSON.parse(line).metadata).toEqual(METADATA)
    expect(answer.metadata).toEqual(METADATA)
    const known = ROWS.map(({ attribute }) => attribute)
    expect(Object.keys(entry.attributes).filter((name) => !known.includes(name))).toEqual(Object.keys(METADATA))
  })

  /** The ids are clew's own: another in each run. */
  const saidInRun = (key: string, run: Answer): unknown => SAID[key] ?? at(run, key)

  test.each(CASES)('tells %s by the name of its row everywhere', (key, { attribute, part = '' }) => {
    const json: Answer = JSON.parse(line)
    const wire = attribute === undefined ? parts()[part] : entry.attributes[attribute]
    const first = saidInRun(key, json)
    const second = saidInRun(key, answer)
    const text = typeof second === 'object' ? JSON.stringify(second) : String(second)
    const told = { wire, line: at(json, key), logfmt: parseLogfmt(logfmt)[key], api: at(answer, key) }
    // The flags of a record are not decoded, so the log API does not have them.
    const decoded = key === 'trace_flags' ? {} : { wire: first, api: second }
    expect(told).toEqual({ line: first, logfmt: text, ...decoded })
  })

  test('has ids of its own', () => {
    const ids = { trace_id: /^[\da-f]{32}$/, span_id: /^[\da-f]{16}$/, uid: /^[\dA-Z]{26}$/ }
    for (const [key, form] of Object.entries(ids)) expect(answer[key]).toMatch(form)
  })

  test('has its other fields in logfmt under their own names, or behind a prefix where those are taken', () => {
    const { 'order.id': id, 'metadata.level': level, cart } = parseLogfmt(logfmt)
    expect({ id, level, cart }).toEqual({ id: '7', level: 'gold', cart: '{"items":["book"]}' })
  })

  test('is found by each name of each filter, and by no other value', async () => {
    const found: Record<string, number> = {}
    for (const name of PARAMETERS.keys()) {
      const { key } = ROWS.find((row) => row.parameters?.includes(name) === true || row.key === name) as FieldRow
      for (const value of [String(answer[key]), key === 'level' ? 'TRACE' : 'f'.repeat(32)]) {
        const query = new URLSearchParams({ [name]: value }).toString()
        found[`${name} ${value}`] = (await server.get(`/logs/search?${query}`)).body.records.length
      }
    }
    expect(Object.values(found)).toEqual([...PARAMETERS.keys()].flatMap(() => [1, 0]))
    expect([...PARAMETERS.keys()]).toEqual(
      expect.arrayContaining(['component', 'module', 'logger', 'event_type', 'tenant', 'organization_id']),
    )
  })
})

describe('the names of columns', () => {
  test('are those of the table audit_logs', () => {
    expect(AUDIT_LOG_COLUMNS.join(' ')).toBe(
      'timestamp level component operation message event session_id user_id tenant_id request_id trace_id span_id ' +
        'duration_ms user_email user_role ip_address user_agent action status error_type channel ' +
        'error_message error_stack uid metadata seq writer prev_hash hash',
    )
  })
})

describe('the page of fields', () => {
  const page = readFileSync(join(import.meta.dirname, '../docs/fields.md'), 'utf8')
  const named = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] as string)
  const cells = page
    .slice(0, page.indexOf('\n\n', page.indexOf('| ---')))
    .split('\n')
    .filter((text) => text.startsWith('|'))
    .slice(2)
    .map((text) => text.split('|').slice(1, -1).map(named))

  test('has the whole field map, row by row', () => {
    expect(cells).toEqual(
      ROWS.map(({ key, attribute, part, short, parameters = [], column }) => [
        [attribute ?? part, short].filter((name) => name !== undefined),
        [key],
        parameters,
        [column ?? 'metadata'],
      ]),
    )
  })

  test('names the columns of the chain', () => {
    for (const column of AUDIT_LOG_COLUMNS) expect(page).toContain(`\`${column}\``)
  })
})
