import { createTraceState, propagation, trace, TraceFlags, type Context } from '@opentelemetry/api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  activeContext,
  bindContext,
  carryContext,
  contextEnvironment,
  contextWithFields,
  ROOT_NODE,
  runInContext,
  withCarriedContext,
  withContext,
  type CarriedContext,
} from '../../src/context/index.ts'
import { createPropagator } from '../../src/tracing/index.ts'
import { runProgram } from '../support/program.ts'
import { startTelemetry, type Telemetry } from '../support/telemetry.ts'

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const SPAN_ID = 'b7ad6b7169203331'
const TRACEPARENT = `00-${TRACE_ID}-${SPAN_ID}-01`

let telemetry: Telemetry
beforeAll(() => {
  telemetry = startTelemetry()
  propagation.disable()
  propagation.setGlobalPropagator(createPropagator(['tracecontext', 'baggage'], () => {}))
})
afterAll(() => telemetry.stop())

/** A request with everything that can be carried. */
function everything(): Context {
  const span = {
    traceId: TRACE_ID,
    spanId: SPAN_ID,
    traceFlags: TraceFlags.SAMPLED,
    traceState: createTraceState('vendor=1'),
  }
  const traced = trace.setSpanContext(contextWithFields(ROOT_NODE, { 'request.id': 'r1' }, 'request'), span)
  return propagation.setBaggage(traced, propagation.createBaggage({ plan: { value: 'gold' } }))
}

/** As `postMessage`, or `send` of a child process, hands it over. */
const WAYS: [string, (carried: CarriedContext) => CarriedContext][] = [
  ['a structured clone', structuredClone],
  ['JSON', (carried) => JSON.parse(JSON.stringify(carried)) as CarriedContext],
]

describe.each(WAYS)('a context that is carried as %s', (_, handOver) => {
  test('has trace, baggage and fields on the other side', () => {
    const carried = runInContext(everything(), () => {
      bindContext({ 'user.id': 7 })
      return carryContext()
    })
    expect(carried).toEqual({
      headers: { traceparent: TRACEPARENT, tracestate: 'vendor=1', baggage: 'plan=gold' },
      fields: { 'clew.request.id': 'r1', 'user.id': 7 },
    })
    const there = withCarriedContext(handOver(carried), () => ({
      carried: carryContext(),
      span: trace.getSpanContext(activeContext()),
    }))
    expect(there.carried).toEqual(carried)
    expect(there.span).toMatchObject({ traceId: TRACE_ID, spanId: SPAN_ID, isRemote: true })
  })

  test('is bound to there without a trace on this side', () => {
    withContext({ who: 'ann' }, () => {
      withCarriedContext(handOver(carryContext()), () => {
        expect(bindContext({ step: 2 })).toBe(true)
        expect(carryContext().fields).toEqual({ who: 'ann', step: 2 })
      })
      expect(carryContext().fields).toEqual({ who: 'ann' })
    })
  })

  test('has any value as plain data, without secrets', () => {
    class Cart {
      readonly size = 2
    }
    const fields = {
      big: 2n ** 63n,
      cart: new Cart(),
      call: () => {},
      day: new Date(0),
      password: 'hunter2',
      url: 'redis://u:hunter2@host/',
      nested: { token: 'hunter2', deep: [Number.NaN, undefined] },
    }
    const carried = withContext(fields, () => handOver(carryContext()))
    expect(carried.fields).toEqual({
      big: '9223372036854775808',
      cart: { size: 2 },
      day: '1970-01-01T00:00:00.000Z',
      nested: { deep: ['NaN', null], token: '[REDACTED]' },
      password: '[REDACTED]',
      url: 'redis://[REDACTED]@host/',
    })
  })
})

test('only the fields that are named go along, in whichever spelling', () => {
  withContext({ 'user.id': 7, 'clew.tenant.id': 'acme', email: 'a@b.example' }, () => {
    expect(carryContext({ fields: ['user.id', 'tenant.id'] }).fields).toEqual({
      'user.id': 7,
      'clew.tenant.id': 'acme',
    })
    expect(carryContext({ fields: [] }).fields).toEqual({})
  })
})

test('nothing of what runs around is in a carried context, nor in none', () => {
  runInContext(everything(), () => {
    for (const none of [undefined, { headers: {}, fields: {} }, {}])
      expect(withCarriedContext(none, carryContext)).toEqual({ headers: {}, fields: {} })
  })
})

describe('in the environment of a child process', () => {
  test('only the ids of the trace are told, and none of another trace are left over', () => {
    const traced = runInContext(everything(), contextEnvironment)
    expect(traced).toEqual({ TRACEPARENT, TRACESTATE: 'vendor=1' })
    const stateless = trace.setSpanContext(ROOT_NODE, { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1 })
    expect({ ...traced, ...runInContext(stateless, contextEnvironment) }).toEqual({
      TRACEPARENT,
      TRACESTATE: undefined,
    })
    expect(contextEnvironment()).toEqual({})
  })

  test('names are as the convention has them, whatever the propagators', () => {
    propagation.disable()
    propagation.setGlobalPropagator(createPropagator(['b3multi'], () => {}))
    try {
      const told = runInContext(everything(), contextEnvironment)
      expect(told).toMatchObject({ X_B3_TRACEID: TRACE_ID, X_B3_SPANID: SPAN_ID, X_B3_SAMPLED: '1' })
      const there = withCarriedContext({ PATH: '/bin', ...told }, () => trace.getSpanContext(activeContext()))
      expect(there).toMatchObject({ traceId: TRACE_ID, spanId: SPAN_ID })
    } finally {
      propagation.disable()
      propagation.setGlobalPropagator(createPropagator(['tracecontext', 'baggage'], () => {}))
    }
  })

  test('the trace goes on, with the baggage of whoever sent some', () => {
    const environment = { PATH: '/bin', TRACEPARENT, BAGGAGE: 'plan=gold', headers: 'a variable like any other' }
    expect(withCarriedContext(environment, carryContext)).toEqual({
      headers: { traceparent: TRACEPARENT, baggage: 'plan=gold' },
      fields: {},
    })
  })
})

test('what can not be read is left out, with one note, and throws nothing', async () => {
  const { code, stdout, stderr } = await runProgram('test/context/fixtures/hostile.mjs', [], {})
  expect({ code, stdout: JSON.parse(stdout) as unknown }).toEqual({
    code: 0,
    stdout: {
      'a number': { headers: {}, fields: {} },
      'a list': { headers: {}, fields: {} },
      'a wrong trace': { headers: {}, fields: { kept: 1 } },
      'a wrong trace in the environment': { headers: {}, fields: {} },
      'headers of a wrong type': { headers: {}, fields: { kept: 1 } },
      'fields of a wrong type': { headers: { traceparent: TRACEPARENT }, fields: {} },
      'a throwing getter': { headers: {}, fields: {} },
      'a revoked proxy': { headers: {}, fields: {} },
      'a key that would be a prototype': { headers: {}, fields: { ['__proto__']: { polluted: true }, kept: 1 } },
      'a cycle': { headers: {}, fields: { self: '[Circular]' } },
      'a header without end': { headers: {}, fields: { kept: 1 } },
      'fields without end': { headers: {}, fields: 64 },
      'a field without end': { headers: {}, fields: { kept: 1 } },
      'anything at all': 'ran 500 times',
    },
  })
  expect(stderr).toMatch(/^clew: a carried context can not be read \[carried\]\n$/)
})
