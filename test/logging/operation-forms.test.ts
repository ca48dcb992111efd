import { trace } from '@opentelemetry/api'
import { transformSync } from 'esbuild'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { enrich, withContext } from '../../src/context/index.ts'
import { getLogger, logError, logOperation, operation, pipeline, VolumeLimits } from '../../src/logging/index.ts'
import { startTelemetry, type Telemetry } from '../support/telemetry.ts'

let telemetry: Telemetry
beforeEach(() => {
  telemetry = startTelemetry()
})
afterEach(() => telemetry.stop())

const log = getLogger('orders')
const said = () => telemetry.records.map(({ level, component, body, fields }) => ({ level, component, body, fields }))
const duration = { 'clew.duration_ms': expect.any(Number) as number }

describe('a started operation', () => {
  test('ends with its block, as a span and one record, and is not the active span in it', () => {
    const active = trace.getActiveSpan()
    {
      using op = log.startOperation('import', { fields: { file: 'a.csv' } })
      op.set({ rows: 3 })
      expect(trace.getActiveSpan()).toBe(active)
      log.info('inside')
    }
    expect(said()).toEqual([
      { level: 'INFO', component: 'orders', body: 'inside', fields: {} },
      {
        level: 'INFO',
        component: 'orders',
        body: 'import completed',
        fields: { file: 'a.csv', rows: 3, 'clew.operation': 'import', ...duration },
      },
    ])
    expect(telemetry.spans.map(({ name, attributes }) => [name, { ...attributes }])).toEqual([
      ['import', { file: 'a.csv', rows: 3 }],
    ])
  })

  test('fails once, with what was thrown; its end afterwards changes nothing', () => {
    {
      using op = log.startOperation('import')
      op.fail(new TypeError('no such file'))
      op.end()
    }
    expect(telemetry.records.map(({ level, body, data }) => [level, body, data.error?.type])).toEqual([
      ['ERROR', 'import failed', 'TypeError'],
    ])
    expect(telemetry.spans.map(({ statusCode, statusMessage }) => [statusCode, statusMessage])).toEqual([
      [2, 'no such file'],
    ])
  })
})

describe('a decorated method', () => {
  /** Standard decorators need a compiler until engines know them. */
  const source = `export function makeOrders(operation, log) { class Orders {
    #prefix = 'order'
    @operation({ fields: { shop: 1 } }) place(id) { log.info('placing'); return this.#prefix + ' ' + id }
    @operation({ name: 'pay_order', component: 'payments' }) async pay() { throw new RangeError('sold out') }
    @operation() static open() { return true }
  } return Orders }`
  interface Orders {
    place(id: number): string
    pay(): Promise<void>
  }
  const load = async (): Promise<{ new (): Orders; open(): boolean }> => {
    const { code } = transformSync(source, { target: 'node22' })
    const module = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
      makeOrders: (...parts: unknown[]) => { new (): Orders; open(): boolean }
    }
    return module.makeOrders(operation, log)
  }

  test('runs each call as an operation of its class, with its own object and arguments', async () => {
    const Orders = await load()
    expect([new Orders().place(7), Orders.open()]).toEqual(['order 7', true])
    expect(said()).toEqual([
      { level: 'INFO', component: 'orders', body: 'placing', fields: { 'clew.operation': 'place' } },
      {
        level: 'INFO',
        component: 'Orders',
        body: 'place completed',
        fields: { shop: 1, 'clew.operation': 'place', ...duration },
      },
      { level: 'INFO', component: 'Orders', body: 'open completed', fields: { 'clew.operation': 'open', ...duration } },
    ])
  })

  test('rejects as it would without, under the name that was set', async () => {
    const Orders = await load()
    await expect(new Orders().pay()).rejects.toThrow('sold out')
    expect(said().map(({ level, component, body }) => [level, component, body])).toEqual([
      ['ERROR', 'payments', 'pay_order failed'],
    ])
  })
})

describe('fields gathered for a closing record', () => {
  test('stand on that record and its span alone, whatever block they were gathered in; later ones win', () => {
    log.operation('checkout', () => {
      enrich({ items: 2, step: 'cart' })
      withContext({ 'user.id': 'u1' }, () => {
        log.info('inside')
        expect(enrich({ step: 'paid' })).toBe(true)
      })
    })
    expect(said().map(({ body, fields }) => [body, fields])).toEqual([
      ['inside', { 'clew.operation': 'checkout', 'user.id': 'u1' }],
      ['checkout completed', { 'clew.operation': 'checkout', items: 2, step: 'paid', ...duration }],
    ])
    expect({ ...telemetry.spans[0]?.attributes }).toEqual({ items: 2, step: 'paid' })
  })

  test('go nowhere, and say so, outside of any operation, request or session', () => {
    expect([enrich({ a: 1 }), withContext({ b: 1 }, () => enrich({ a: 1 }))]).toEqual([false, false])
  })
})

describe('an error on its way up', () => {
  test('stands whole in the first record of its trace and without its stack in the next ones', () => {
    const attempt = () =>
      log.operation('outer', () =>
        log.operation('inner', () => {
          throw new Error('broken')
        }),
      )
    expect(attempt).toThrow('broken')
    const errors = telemetry.records.map(({ body, data }) => [
      body,
      data.error?.message,
      data.error?.stack !== undefined,
      data.error?.repeated,
    ])
    expect(errors).toEqual([
      ['inner failed', 'broken', true, undefined],
      ['outer failed', 'broken', false, true],
    ])
  })

  test('is whole again in a more severe record, in another trace, and outside of any', () => {
    const error = new Error('always the same object')
    for (const level of ['warning', 'error'] as const) log.operation('once', () => log[level]('seen', error))
    log.operation('more', () => (log.warning('less', error), log.critical('more', error)))
    log.error('outside', error)
    log.error('outside', error)
    const withError = telemetry.records.filter(({ data }) => data.error !== undefined)
    expect(withError.map(({ data }) => data.error?.stack !== undefined)).toEqual([true, true, true, true, true, true])
  })

  test('is without its stack inside of another error that was thrown for it', () => {
    const cause = Object.freeze(new Error('cause'))
    log.operation('one', () => {
      log.error('seen', cause)
      log.error('wrapped', new Error('outer', { cause }))
    })
    const wrapped = telemetry.records[1]?.data.error
    expect([wrapped?.repeated, wrapped?.stack?.startsWith('Error: outer\n')]).toEqual([undefined, true])
    expect(wrapped?.cause).toEqual({ type: 'Error', message: 'cause', repeated: true })
  })

  test('is without its stack after another error that held it', () => {
    const cause = new Error('cause')
    log.operation('one', () => {
      log.error('wrapped', new AggregateError([cause], 'outer'))
      log.error('seen', cause)
      log.error('a primitive', 'text', {})
      log.error('a primitive', 'text', {})
    })
    expect(telemetry.records.map(({ data }) => data.error?.repeated)).toEqual([undefined, true, undefined, undefined, undefined]) // prettier-ignore
  })

  test('is whole in the first record that was not left out', () => {
    const error = new Error('rare')
    const limits = { volume: new VolumeLimits([{ sample: 0, below: 'ERROR' }], () => {}), recorder: undefined }
    pipeline.components.setLimits({ ...limits, hold: () => ({ bytes: 0, write: () => {} }) })
    try {
      log.operation('one', () => {
        log.warning('left out', error)
        log.error('said', error)
        log.warning('left out', error)
        pipeline.components.setLimits(undefined)
        log.warning('said', error)
      })
    } finally {
      pipeline.components.setLimits(undefined)
    }
    expect(telemetry.records.map(({ body, data }) => [body, data.error?.stack !== undefined])).toEqual([
      ['said', true],
      ['said', false],
      ['one completed', false],
    ])
  })
})

describe('a record with every part named', () => {
  test('has them under their attributes', () => {
    logOperation({
      component: 'session_manager',
      operation: 'create_session',
      message: 'Session created',
      sessionId: 'abc123',
      userId: 'u1',
      tenantId: 't1',
      requestId: 'r1',
      durationMillis: 12,
      metadata: { modes: 2 },
    })
    expect(said()).toEqual([
      {
        level: 'INFO',
        component: 'session_manager',
        body: 'Session created',
        fields: {
          modes: 2,
          'clew.operation': 'create_session',
          'session.id': 'abc123',
          'user.id': 'u1',
          'clew.tenant.id': 't1',
          'clew.request.id': 'r1',
          'clew.duration_ms': 12,
        },
      },
    ])
  })

  test('takes anything that was thrown', () => {
    logError(new TypeError('no'), { component: 'orders', operation: 'pay' })
    logError('text', { component: 'orders', message: 'it broke', level: 'CRITICAL' })
    logError(undefined, { component: 'orders' })
    expect(telemetry.records.map(({ level, body, data }) => [level, body, data.error?.type])).toEqual([
      ['ERROR', 'no', 'TypeError'],
      ['CRITICAL', 'it broke', 'string'],
      ['ERROR', 'error', 'undefined'],
    ])
  })

  test('below the level is not said, and nonsense never throws', () => {
    pipeline.components.setLevels({ threshold: 13, components: {} })
    logOperation({ component: 'orders', message: 'quiet' })
    for (const nonsense of [undefined, null, 7, 'x', [], new Proxy({}, { ownKeys: () => ['a', 'a'] })])
      logOperation(nonsense as never)
    expect(said().filter(({ body }) => body === 'quiet')).toEqual([])
  })
})
