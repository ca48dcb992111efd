import { logs, SeverityNumber, SpanStatusCode, trace } from '@opentelemetry/api'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runInNewContext } from 'node:vm'
import { bindContext, withContext } from '../../src/context/index.ts'
import { Components } from '../../src/logging/component.ts'
import { getLogger, parseLevel, pipeline, type LevelName } from '../../src/logging/index.ts'
import type { Fields } from '../../src/otlp/index.ts'
import { ClewTracerProvider, createSampler } from '../../src/tracing/index.ts'
import { createEncoding } from '../support/encoding.ts'
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
    expect(telemetry.records[2]?.data.error?.cause?.stack).toContain('Error: because')
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

  test('takes only errors and primitives for what was thrown; any other object is fields, or the field `value`', () => {
    class Order {
      readonly id = 7
    }
    log.info('instance', new Order())
    log.info('list', [1, 2])
    log.info('date', new Date(0))
    log.info('bytes', Buffer.from('x'))
    log.info('foreign error', { message: 'm', stack: 's' })
    log.info('text', 'oh')
    log.info('like an error', { message: 'm', code: 1 })
    log.info('in a realm of its own', runInNewContext("new Error('far')"))
    expect(telemetry.records.map(({ body, fields, data }) => [body, fields, data.error?.message])).toEqual([
      ['instance', { id: 7 }, undefined],
      ['list', { value: [1, 2] }, undefined],
      ['date', { value: new Date(0) }, undefined],
      ['bytes', { value: Buffer.from('x') }, undefined],
      ['foreign error', {}, 'm'],
      ['text', {}, 'oh'],
      ['like an error', { message: 'm', code: 1 }, undefined],
      ['in a realm of its own', {}, 'far'],
    ])
  })

  test('takes names for names, whatever they mean to objects', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'valueOf']) {
      const component = getLogger(name)
      component.info('x', JSON.parse(`{"${name}":1}`))
      component.operation(name, { fields: JSON.parse(`{"${name}":1}`) as Fields }, (operation) => operation.set({ toString: 'y' })) // prettier-ignore
    }
    expect(telemetry.records.map(({ component, level }) => `${component} ${level}`)).toEqual(
      ['constructor', 'toString', '__proto__', 'valueOf'].flatMap((name) => [`${name} INFO`, `${name} INFO`]),
    )
    expect(parseLevel('constructor')).toBeUndefined()
    log.event('odd level', {}, 'constructor' as LevelName)
    expect(telemetry.records.at(-1)?.level).toBe('INFO')
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

  test('neither throws nor rejects because of what it was given', async () => {
    const odd = undefined as never
    expect(log.operation(odd, odd, () => 7)).toBe(7)
    const run = log.operation('o', { fields: { toString: 'x' } }, async (operation) => {
      operation.set({ constructor: 'y', ['__proto__']: 1 })
      operation.set(odd)
      return 'done'
    })
    await expect(run).resolves.toBe('done')
    expect(telemetry.spans.map((span) => span.name)).toEqual(['undefined', 'o'])
  })

  test('returns what the function returned when its record and its span can not be written', async () => {
    const broken = (): never => {
      throw new Error('broken')
    }
    const failed: string[] = []
    pipeline.start({
      outputs: [{ name: 'broken', minimumSeverity: 0, emit: broken }],
      encoding: createEncoding(),
      failed: (output) => failed.push(output),
    })
    trace.disable()
    trace.setGlobalTracerProvider(new ClewTracerProvider({ sampler: createSampler('always_on', 1), ended: broken }))
    expect(log.operation('sync', () => 7)).toBe(7)
    await expect(log.operation('async', () => Promise.resolve(7))).resolves.toBe(7)
    expect(failed).toEqual(['broken', 'record', 'broken', 'record'])
  })

  test('returns a thenable that is no promise untouched', () => {
    let asked = 0
    // oxlint-disable-next-line unicorn/no-thenable -- as query builders are
    const query = { then: () => asked++ }
    expect(log.operation('lazy', () => query)).toBe(query)
    expect(asked).toBe(0)
    expect(said()[0]?.body).toBe('lazy completed')
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

test('nothing that is given in place of fields, names or errors throws', () => {
  const odd = undefined as never
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  log.child(odd).info('child')
  log.child(proxy).info('child of a proxy')
  expect(withContext(odd, () => 7)).toBe(7)
  withContext({ a: 1 }, () => expect(bindContext(null as never)).toBe(true))
  getLogger(odd).info('x')
  const api = logs.getLogger('library')
  api.emit({ body: 'x', exception: proxy, attributes: 'no' as never, timestamp: 'no' as never })
  api.emit({ body: 'y', severityNumber: 'high' as never, severityText: 404 as never, eventName: {} as never })
  expect(said().map(({ body, level }) => [body, level])).toEqual([
    ['child', 'INFO'],
    ['child of a proxy', 'INFO'],
    ['x', 'INFO'],
    ['x', 'INFO'],
    ['y', '404'],
  ])
  pipeline.start({ outputs: [], encoding: createEncoding(), failed: () => {} })
  expect(() => api.emit(null as never)).not.toThrow()
})

test('foreign names are bounded and without secrets', () => {
  const name = `redis://u:hunter2@h ${'x'.repeat(100_000)}`
  logs.getLogger(name).emit({ severityText: name, eventName: name })
  const [record] = telemetry.records
  for (const text of [record?.component, record?.level, record?.data.eventName]) {
    expect(text).not.toContain('hunter2')
    expect(String(text).length).toBeLessThan(2_000)
  }
})

test('components without number work, and only so many are remembered', () => {
  const components = new Components()
  components.setLevels({ threshold: 9, components: { late: 1 } })
  for (let i = 0; i < 10_000; i++) components.get(`c${i}`)
  expect(components.get('c1')).toBe(components.get('c1'))
  expect(components.get('late')).not.toBe(components.get('late'))
  expect(components.get('late').threshold).toBe(1)
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
