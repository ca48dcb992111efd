import { SamplingDecision, trace, type Sampler } from '@opentelemetry/api'
import { InMemoryLogRecordExporter, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import {
  AlwaysOffSampler,
  createAlwaysRecordSampler,
  InMemorySpanExporter,
  ParentBasedSampler,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace'
import { describe, expect, test, vi } from 'vitest'
import { getLogger } from '../../dist/src/index.js'
import { startClew } from './support.ts'

/** Keeps the traces whose name says so. */
const byName: Sampler = {
  shouldSample: (_context, _traceId, name) => ({
    decision: name.includes('kept') ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD,
  }),
  toString: () => 'ByName',
}

const say = (name: string): void =>
  trace.getTracer('t').startActiveSpan(name, (span) => {
    getLogger('a').info(name)
    span.end()
  })

describe('a sampler', () => {
  test('of the user decides which spans are sent', async () => {
    const { clew, receiver } = await startClew({ sampler: new ParentBasedSampler({ root: byName }) })
    say('kept')
    say('left out')
    await clew.flush()
    expect(receiver.spans.map(({ name }) => name)).toEqual(['kept'])
  })

  test('is named in code, and its ratio', async () => {
    const { clew, receiver } = await startClew({ sampler: 'traceidratio', samplerRatio: 0.5 })
    for (let i = 0; i < 200; i++) trace.getTracer('t').startSpan('work').end()
    await clew.flush()
    expect(receiver.spans.length).toBeGreaterThan(50)
    expect(receiver.spans.length).toBeLessThan(150)
  })

  test('in code wins over the environment', async () => {
    vi.stubEnv('OTEL_TRACES_SAMPLER', 'always_on')
    const { clew, receiver } = await startClew({ sampler: new AlwaysOffSampler() })
    vi.unstubAllEnvs()
    say('left out')
    await clew.flush()
    expect(receiver.spans).toEqual([])
  })

  test('that only records has its spans in processors, and nowhere else', async () => {
    const ended: ReadableSpan[] = []
    const exporter = new InMemorySpanExporter()
    const none = (): Promise<void> => Promise.resolve()
    const { clew, receiver } = await startClew({
      sampler: createAlwaysRecordSampler(new AlwaysOffSampler()),
      spanProcessors: [
        { onStart: () => {}, onEnd: (span) => ended.push(span), forceFlush: none, shutdown: none },
        new SimpleSpanProcessor({ exporter }),
      ],
    })
    say('recorded')
    await clew.flush()
    expect(ended.map(({ name }) => name)).toEqual(['recorded'])
    expect([receiver.spans, exporter.getFinishedSpans()]).toEqual([[], []])
  })
})

describe('a record of a trace that is not sampled', () => {
  test('goes out with its ids, and says that the trace is not sampled', async () => {
    const bodies: Buffer[] = []
    const exporter = new InMemoryLogRecordExporter()
    const { clew, receiver } = await startClew({
      sampler: 'always_off',
      logRecordProcessors: [new SimpleLogRecordProcessor({ exporter })],
    })
    receiver.answer = (_, body) => (bodies.push(body), { status: 200 })
    say('said')
    await clew.flush()
    const [entry] = receiver.logs
    expect(entry).toMatchObject({ body: 'said', traceId: expect.stringMatching(/^[0-9a-f]{32}$/) })
    // flags (fixed32, 0), then trace_id (16 bytes), as they lie in the LogRecord
    const onTheWire = Buffer.concat([
      Buffer.from([0x45, 0, 0, 0, 0, 0x4a, 16]),
      Buffer.from(entry?.traceId ?? '', 'hex'),
    ])
    expect(bodies.some((body) => body.includes(onTheWire))).toBe(true)
    expect(exporter.getFinishedLogRecords()[0]?.spanContext).toMatchObject({ traceId: entry?.traceId, traceFlags: 0 })
  })

  /** The lines of a trace that is kept and of one that is not. */
  const linesAs = async (format: 'json' | 'human'): Promise<string[]> => {
    const { clew } = await startClew({ sampler: byName, console: { format } })
    const lines: string[] = []
    vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
    say('kept')
    say('left out')
    vi.restoreAllMocks()
    await clew.shutdown()
    return lines
  }

  test('says so in JSON lines', async () => {
    const lines = (await linesAs('json')).map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines.map((line) => line['trace_flags'])).toEqual([undefined, '00'])
    expect(lines[1]).toMatchObject({ message: 'left out', trace_id: expect.any(String), span_id: expect.any(String) })
  })

  test('is a line like any other for people', async () => {
    expect(await linesAs('human')).toEqual([
      expect.stringMatching(/ \[INFO\] a: kept\n$/),
      expect.stringMatching(/ \[INFO\] a: left out\n$/),
    ])
  })

  test('is left out where records follow the sampler, and counted; records outside of any trace are not', async () => {
    const exporter = new InMemoryLogRecordExporter()
    const { clew, receiver } = await startClew({
      sampler: byName,
      logSampling: 'trace',
      logRecordProcessors: [new SimpleLogRecordProcessor({ exporter })],
    })
    say('kept')
    say('left out')
    getLogger('a').info('outside')
    await clew.flush()
    expect(receiver.logs.map(({ body }) => body)).toEqual(['kept', 'outside'])
    expect(exporter.getFinishedLogRecords().map(({ body }) => body)).toEqual(['kept', 'outside'])
    expect(clew.status()).toMatchObject({ unsampled: 1, leftOut: 0 })
  })
})
