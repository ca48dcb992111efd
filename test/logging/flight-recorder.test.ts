import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { context, propagation, trace } from '@opentelemetry/api'
import {
  changeLevel,
  FlightRecorder,
  getLogger,
  missingRecord,
  OFF,
  pipeline,
  reportLeftOut,
  SEVERITY,
  VolumeLimits,
  type LogOutput,
  type VolumeRule,
} from '../../src/logging/index.ts'
import { mergedFields, type Fields, type LogRecordData } from '../../src/otlp/index.ts'
import { ClewTracerProvider, createSampler } from '../../src/tracing/index.ts'
import { RecordLimits } from '../../src/record-limits.ts'
import { createEncoding } from '../support/encoding.ts'
import { startTelemetry, type Telemetry } from '../support/telemetry.ts'

interface Said {
  readonly text: string
  readonly fields: Fields
  readonly timeMillis: number
  readonly stack: string | undefined
}

let telemetry: Telemetry
let said: Said[]
let recorder: FlightRecorder
beforeEach(() => {
  telemetry = startTelemetry(SEVERITY.INFO)
  said = []
})
afterEach(() => {
  pipeline.components.setLimits(undefined)
  pipeline.components.setLevels({ threshold: 0, components: {} })
  telemetry.stop()
})

const saidOf = ({ body, context: around, bound, fields, timeMillis, error }: LogRecordData, text: string): Said => ({
  text: text + String(body),
  fields: mergedFields(around, bound, fields),
  timeMillis,
  stack: error?.stack,
})
const output: LogOutput = {
  name: 'lines',
  minimumSeverity: 0,
  emit: (record) => void said.push(saidOf(record, '')),
  hold: (record) => {
    const held = saidOf(record, 'held ')
    return { bytes: held.text.length, write: () => void said.push(held) }
  },
}
const texts = (): string[] => said.map(({ text }) => text)
const log = getLogger('orders')

interface Given {
  readonly settings?: Partial<FlightRecorder['settings']>
  readonly rules?: readonly VolumeRule[]
  readonly sampledOnly?: boolean
}
const start = ({ settings, rules = [], sampledOnly = false }: Given = {}): VolumeLimits => {
  const bounds = { threshold: 5, maxRecords: 3, maxTraces: 2, maxBytes: 1_000_000, ...settings }
  recorder = new FlightRecorder(bounds, { sampledOnly, missing: missingRecord })
  const volume = new VolumeLimits(rules, () => {})
  pipeline.start({ outputs: [output], encoding: createEncoding(), failed: () => {} })
  pipeline.components.setLimits({ volume, recorder, hold: (record) => pipeline.hold(record) })
  return volume
}
const identity = (traceId: string) => ({ traceId, spanId: '0102030405060708', traceFlags: 1 })
const failing = (steps: () => void): void => {
  const run = (): void =>
    log.operation('broken', () => {
      steps()
      throw new Error('no')
    })
  expect(run).toThrow('no')
}

describe('the flight recorder', () => {
  test('brings out what was below the level when the trace fails, before the failure, and then all that follows', () => {
    start()
    log.debug('in no trace')
    log.operation('fine', () => log.debug('quiet'))
    failing(() => {
      for (let i = 0; i < 3; i++) log.debug(`step ${i}`)
      log.trace('below what it keeps')
      log.error('oh')
      log.debug('after')
    })
    expect(texts()).toEqual([
      'fine completed',
      'held step 0',
      'held step 1',
      'held step 2',
      'oh',
      'after',
      'broken failed',
    ])
  })

  test('says which records came out so, and keeps their times and fields', () => {
    start()
    const before = Date.now() - 1
    failing(() => {
      log.debug('step', { n: 1 })
      log.error('oh')
      log.debug('after')
    })
    expect(said.map(({ fields }) => fields['clew.flight_recorder'])).toEqual([true, undefined, true, undefined])
    expect(said[0]?.fields).toEqual({ n: 1, 'clew.flight_recorder': true, 'clew.operation': 'broken' })
    const times = said.map(({ timeMillis }) => timeMillis)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(times[0]).toBeGreaterThan(before)
  })

  test('says in a trace that fails how many of its earlier records found no room', () => {
    start()
    failing(() => {
      for (let i = 0; i < 5; i++) log.debug(`step ${i}`)
    })
    expect(texts()).toEqual([
      '2 earlier records of this trace found no room in the flight recorder',
      'held step 2',
      'held step 3',
      'held step 4',
      'broken failed',
    ])
    expect(said[0]?.fields).toEqual({ 'clew.flight_recorder.left_out': 2 })
  })

  test('forgets the traces that began first when there are too many or too large ones', () => {
    start({ settings: { maxBytes: 1_200 } })
    const hold = (traceId: string): void =>
      recorder.hold(identity(traceId), { bytes: 10, write: () => void said.push({ text: traceId } as Said) })
    for (const traceId of ['a', 'b', 'c']) hold(traceId)
    hold('c')
    for (const traceId of ['c', 'b', 'a']) recorder.fail(traceId)
    expect(texts()).toEqual(['c', 'c'])
  })

  test('keeps its bounds with ten thousand traces that never end', () => {
    start({ settings: { maxRecords: 10, maxTraces: 1_000, maxBytes: 1_000_000 } })
    let bytes = 0
    let written = 0
    for (let step = 0; step < 12; step++) {
      for (let n = 0; n < 10_000; n++)
        recorder.hold(identity(`trace ${n}`), { bytes: 200, write: () => void (written++, (bytes += 200)) })
    }
    for (let n = 0; n < 10_000; n++) recorder.fail(`trace ${n}`)
    expect(bytes).toBeLessThanOrEqual(1_000_000)
    expect(written).toBeGreaterThan(900)
  })

  test('keeps a trace that comes here several times at once until the last of its spans here has ended', () => {
    const limits = new RecordLimits({
      volume: [],
      flightRecorder: { threshold: 5, maxRecords: 3, maxTraces: 100, maxBytes: 1_000_000 },
      logSampling: 'all',
    })
    pipeline.start({ outputs: [output], encoding: createEncoding(), failed: () => {} })
    trace.disable()
    const sampler = createSampler('always_on', 1)
    trace.setGlobalTracerProvider(new ClewTracerProvider(limits.watch({ sampler, ended: () => {} })))
    const carrier = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }
    const remote = propagation.extract(context.active(), carrier)
    const spans = [1, 2].map((n) => trace.getTracer('test').startSpan(`request ${n}`, {}, remote))
    const inSpan = (n: number, fn: () => void): void => {
      const span = spans[n]
      if (span !== undefined) context.with(trace.setSpan(remote, span), fn)
    }
    inSpan(0, () => log.debug('of the first'))
    spans[1]?.end()
    inSpan(0, () => log.error('oh'))
    spans[0]?.end()
    inSpan(0, () => log.debug('too late'))
    limits.stop()
    expect(texts()).toEqual(['held of the first', 'oh'])
  })

  test('brings out what a rule of volume left out of a trace that fails, and limits nothing in it then', () => {
    const volume = start({ rules: [{ sample: 0 }] })
    log.operation('fine', () => log.info('left out'))
    failing(() => {
      log.info('first')
      log.debug('second')
      log.error('oh')
      log.info('after')
    })
    expect(texts()).toEqual(['held first', 'held second', 'oh', 'after', 'broken failed'])
    said = []
    reportLeftOut(volume)
    expect(said[0]).toMatchObject({
      text: '3 records left out',
      fields: { 'clew.left_out.sampled': 3, 'clew.left_out.brought_out': 1, 'clew.left_out.example': 'left out' },
    })
  })

  test('leaves alone what a level changed at run time lets through, and what is off', () => {
    start()
    pipeline.components.setLevels({ threshold: SEVERITY.INFO, components: { quiet: OFF } })
    changeLevel(SEVERITY.DEBUG, { where: { 'user.id': 'u1' } }, 'call')
    said = []
    failing(() => {
      getLogger('quiet').error('off is off')
      log.debug('for u1', { 'user.id': 'u1' })
      log.debug('for u2', { 'user.id': 'u2' })
    })
    expect(texts()).toEqual(['for u1', 'held for u2', 'broken failed'])
  })

  test('keeps nothing of traces that are not sampled where their records are left out', () => {
    start({ sampledOnly: true })
    const unsampled = trace.setSpanContext(context.active(), {
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      traceFlags: 0,
    })
    context.with(unsampled, () => {
      log.debug('not kept')
      log.error('oh')
    })
    expect(texts()).toEqual(['oh'])
  })

  test('does not take the stack of an error away from the record that goes out', () => {
    start({ rules: [{ sample: 0.5 }] })
    const error = new Error('again')
    log.operation('retry', () => {
      log.info('passes')
      log.warning('left out', error)
      log.warning('passes too', error)
    })
    expect(said.map(({ text, stack }) => [text, stack !== undefined])).toEqual([
      ['passes', false],
      ['passes too', true],
    ])
  })
})
