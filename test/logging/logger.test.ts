import { logs, SeverityNumber, SpanStatusCode, trace } from '@opentelemetry/api'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { withContext } from '../../src/context/index.ts'
import { getLogger, pipeline } from '../../src/logging/index.ts'
import { startTelemetry, type Telemetry } from '../support/telemetry.ts'

let telemetry: Telemetry
beforeEach(() => {
  telemetry = startTelemetry()
})
afterEach(() => telemetry.stop())

const said = () => telemetry.records.map(({ level, component, body, fields }) => ({ level, component, body, fields }))
const log = getLogger('orders')

describe('a call', () => {
  test.each([
    ['trace', 1, 'TRACE'],
    ['debug', 5, 'DEBUG'],
    ['info', 9, 'INFO'],
    ['warning', 13, 'WARNING'],
    ['warn', 13, 'WARNING'],
    ['error', 17, 'ERROR'],
    ['critical', 21, 'CRITICAL'],
    ['fatal', 21, 'CRITICAL'],
  ] as const)('%s has severity %i and text %s', (method, severityNumber, severityText) => {
    log[method]('hello', { n: 1 })
    expect(telemetry.records[0]?.data).toMatchObject({ severityNumber, severityText, body: 'hello' })
  })

  test('takes a message, fields, an error, both, an error alone, or a function', () => {
    const error = new TypeError('no', { cause: new Error('because') })
    log.info('plain')
    log.info('fields', { a: 1 })
    log.error('failed', error)
    log.error('failed', error, { a: 1 })
    log.error(error)
    log.error('thrown text', 'oh', {})
    log.debug(() => ['lazy', { a: 1 }])
    expect(said().map(({ body, fields }) => [body, fields])).toEqual([
      ['plain', {}],
      ['fields', { a: 1 }],
      ['failed', {}],
      ['failed', { a: 1 }],
      ['no', {}],
      ['thrown text', {}],
      ['lazy', { a: 1 }],
    ])
    expect(telemetry.records.map(({ data }) => data.error?.type)).toEqual([
      undefined,
      undefined,
      'TypeError',
      'TypeError',
      'TypeError',
      'string',
      undefined,
    ])
    expect(telemetry.records[2]?.data.error?.stack).toContain('\nCaused by: Error: because')
  })

  test('below the level does nothing, not even call the function', () => {
    pipeline.components.setLevels({ threshold: 9, components: { quiet: 17 } })
    log.debug(() => {
      throw new Error('called')
    })
    getLogger('quiet').warning('no')
    getLogger('quiet').error('yes')
    expect(said().map(({ body }) => body)).toEqual(['yes'])
    expect([log.enabled('DEBUG'), log.enabled('INFO')]).toEqual([false, true])
  })

  test('never throws, whatever it is given', () => {
    log.info(() => {
      throw new Error('in the message')
    })
    log.info(undefined as unknown as string, Symbol('x'))
    log.error('x', { get a() { throw new Error('getter') } }) // prettier-ignore
    expect(said().map(({ body }) => body)).toEqual(['[the message could not be made]', undefined, 'x'])
  })

  test('an event has its name', () => {
    log.event('transcript.published', { length: 3 })
    expect(telemetry.records[0]?.data).toMatchObject({ eventName: 'transcript.published', severityText: 'INFO' })
  })
})

test("fields come from the context, the logger and the call; the call's win", () => {
  const child = log.child({ shard: 1, 'tenant.id': 'logger' }).child({ worker: 2 })
  withContext({ 'tenant.id': 'context', 'session.id': 's' }, () => child.info('x', { shard: 9 }))
  expect(said()[0]?.fields).toEqual({ 'clew.tenant.id': 'logger', 'session.id': 's', shard: 9, worker: 2 })
})

describe('an operation', () => {
  test('is a span, active inside, and one record with its duration', async () => {
    const result = await log.operation('create', { fields: { modes: 2 } }, async (operation) => {
      operation.set({ id: 7 })
      log.info('inside')
      return 'done'
    })
    expect(result).toBe('done')
    const [span] = telemetry.spans
    expect(span).toMatchObject({ name: 'create', attributes: { modes: 2, id: 7 }, statusCode: 0 })
    expect(telemetry.records.map(({ data }) => data.trace?.spanId)).toEqual([span?.spanId, span?.spanId])
    expect(said()).toEqual([
      { level: 'INFO', component: 'orders', body: 'inside', fields: { 'clew.operation': 'create' } },
      {
        level: 'INFO',
        component: 'orders',
        body: 'create completed',
        fields: { 'clew.operation': 'create', modes: 2, id: 7, 'clew.duration_ms': expect.any(Number) },
      },
    ])
  })

  test.each([
    ['throws', () => { throw new RangeError('no') }], // prettier-ignore
    ['rejects', () => Promise.reject(new RangeError('no'))],
  ])('that %s is one ERROR record, an error span, and the same error again', async (_how, fn) => {
    const run = async (): Promise<unknown> => log.operation('create', fn)
    await expect(run()).rejects.toThrow(RangeError)
    expect(telemetry.records).toHaveLength(1)
    expect(telemetry.records[0]).toMatchObject({
      level: 'ERROR',
      body: 'create failed',
      data: { error: { type: 'RangeError', message: 'no' } },
    })
    expect(telemetry.spans[0]).toMatchObject({
      statusCode: SpanStatusCode.ERROR,
      statusMessage: 'no',
      attributes: { 'error.type': 'RangeError' },
    })
  })

  test('that takes long warns', () => {
    log.operation('create', { slowMillis: 0 }, () => {})
    expect(said()[0]).toMatchObject({ level: 'WARNING', body: 'slow operation: create' })
  })

  test('inside another is its child, and is gone afterwards', () => {
    log.operation('outer', () => log.operation('inner', { level: 'DEBUG' }, () => {}))
    const [inner, outer] = telemetry.spans
    expect([inner?.name, outer?.name]).toEqual(['inner', 'outer'])
    expect(inner?.parentSpanId).toBe(outer?.spanId)
    expect(said().map(({ level, fields }) => [level, fields['clew.operation']])).toEqual([
      ['DEBUG', 'inner'],
      ['INFO', 'outer'],
    ])
    expect(trace.getActiveSpan()).toBeUndefined()
  })
})

test("records through OpenTelemetry's Logs API take the same way", () => {
  const api = logs.getLogger('library')
  api.emit({
    severityNumber: SeverityNumber.WARN,
    body: { a: 1 },
    attributes: { b: 2 },
    timestamp: 1_700_000_000_000,
    exception: new Error('x'),
  })
  expect(telemetry.records[0]).toMatchObject({
    level: 'WARNING',
    component: 'library',
    body: { a: 1 },
    fields: { b: 2 },
    data: { severityNumber: 13, timeMillis: 1_700_000_000_000, error: { message: 'x' } },
  })
  pipeline.components.setLevels({ threshold: 17, components: {} })
  expect(api.enabled({ severityNumber: SeverityNumber.INFO })).toBe(false)
})
