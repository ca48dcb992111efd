import { AsyncResource } from 'node:async_hooks'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { enrich, withContext } from '../../src/context/index.ts'
import { componentCounts, getLogger, pipeline, SEVERITY } from '../../src/logging/index.ts'
import type { LogRecordData } from '../../src/otlp/index.ts'
import { createEncoding } from '../support/encoding.ts'
import { startTelemetry, type Telemetry } from '../support/telemetry.ts'

let telemetry: Telemetry
beforeEach(() => {
  telemetry = startTelemetry(SEVERITY.INFO)
})
afterEach(() => {
  componentCounts.report()
  telemetry.stop()
  vi.useRealTimers()
})

const log = getLogger('audio')
const closing = (body: string): Record<string, unknown> => {
  const fields = telemetry.records.find((record) => record.body === body)?.fields
  const { 'clew.operation': _operation, 'clew.duration_ms': _duration, ...rest } = { ...fields }
  return rest
}

describe('what is counted', () => {
  test('is summed on the record and the span that close the operation one is in', async () => {
    await log.operation('stream', async () => {
      for (const bytes of [640, 320, 960]) {
        await Promise.resolve()
        log.count('audio.chunk', { bytes })
      }
      log.count('frames', 48)
      log.count('frames')
      enrich({ codec: 'opus' })
    })
    const sums = {
      'audio.chunk.count': 3,
      'audio.chunk.bytes.sum': 1_920,
      'audio.chunk.bytes.min': 320,
      'audio.chunk.bytes.max': 960,
      'frames.count': 49,
      codec: 'opus',
    }
    expect(closing('stream completed')).toEqual(sums)
    expect({ ...telemetry.spans[0]?.attributes }).toEqual(sums)
  })

  test('inside an operation counts for the outermost one too', () => {
    log.operation('import', () => {
      for (const row of [1, 2]) log.operation(`row ${row}`, () => log.count('cells', row))
    })
    expect(['row 1', 'row 2', 'import'].map((name) => closing(`${name} completed`))).toEqual([
      { 'cells.count': 1 },
      { 'cells.count': 2 },
      { 'cells.count': 3 },
    ])
  })

  test('costs no memory however often it is, and says how much found no room', () => {
    log.operation('many', () => {
      for (let n = 0; n < 100_000; n++) log.count(`name ${n}`, { value: n })
      log.count('name 0', Number.NaN)
      log.count('name 0', { value: Infinity, other: undefined as never })
      log.count('x'.repeat(1_000))
    })
    const fields = closing('many completed')
    expect(Object.keys(fields).length).toBe(64 * 4 + 1)
    expect(fields['clew.count.left_out']).toBe(100_000 - 64 + 3)
    expect(fields['name 0.count']).toBe(2)
  })

  test('outside of all is told for each component, and belongs to nobody', () => {
    const first = vi.fn<() => void>()
    componentCounts.onFirst = first
    withContext({ 'user.id': 'u1' }, () => log.count('tick', { late_ms: 3 }))
    log.count('tick', { late_ms: 5 })
    getLogger('video').count('frame')
    getLogger('video').count('frame')
    expect(first).toHaveBeenCalledTimes(1)
    expect(telemetry.records).toEqual([])
    componentCounts.report()
    componentCounts.report()
    const period = { 'clew.count.period_ms': expect.any(Number) as number }
    expect(telemetry.records.map(({ component, body, fields }) => [component, body, fields])).toEqual([
      [
        'audio',
        'counted',
        { 'tick.count': 2, 'tick.late_ms.sum': 8, 'tick.late_ms.min': 3, 'tick.late_ms.max': 5, ...period },
      ],
      ['video', 'counted', { 'frame.count': 2, ...period }],
    ])
    componentCounts.onFirst = () => {}
  })

  test('after the closing record is told with what is counted outside of all', () => {
    let later = (): void => {}
    log.operation('done', () => {
      later = AsyncResource.bind(() => {
        log.count('late')
        expect(enrich({ late: true })).toBe(false)
      })
    })
    later()
    expect(closing('done completed')).toEqual({})
    componentCounts.report()
    expect(telemetry.records.at(-1)).toMatchObject({ component: 'audio', fields: { 'late.count': 1 } })
  })

  test('outside of all, by a component that says nothing at INFO, is not', () => {
    pipeline.components.setLevels({ threshold: SEVERITY.INFO, components: { audio: SEVERITY.WARNING } })
    log.count('tick')
    log.operation('closing', { level: 'ERROR' }, () => log.count('tick'))
    componentCounts.report()
    expect(telemetry.records.map(({ body, fields }) => [body, fields['tick.count']])).toEqual([
      ['closing completed', 1],
    ])
  })

  test('of components made from data is bounded', () => {
    for (let n = 0; n < 2_000; n++) getLogger(`c${n}`).count('x')
    componentCounts.report()
    expect(telemetry.records.length).toBe(501)
    expect(telemetry.records.at(-1)).toMatchObject({ component: 'clew', fields: { 'x.count': 1_500 } })
  })

  test('never throws, whatever it is given', () => {
    const failed: unknown[] = []
    const fields: unknown[] = []
    const emit = (record: LogRecordData): void => void fields.push({ ...record.fields })
    pipeline.start({
      outputs: [{ name: 'test', minimumSeverity: 0, emit }],
      encoding: createEncoding(),
      failed: (_output, error) => void failed.push(error),
    })
    const throwing = {
      get bytes(): number {
        throw new Error('no')
      },
    }
    log.operation('odd', () => {
      log.count(Symbol('a') as never, throwing)
      log.count(undefined as never, null as never)
    })
    expect(failed).toEqual([new Error('no')])
    expect(fields).toMatchObject([{ 'Symbol(a).count': 1, 'undefined.count': 1 }])
  })
})
