import { ROOT_CONTEXT, SpanKind, trace, TraceFlags, type Context, type Sampler } from '@opentelemetry/api'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { resolveSettings, SettingsError, type InitOptions } from '../../src/settings/index.ts'
import { ClewTracerProvider, createSampler, SAMPLER_NAMES, type SamplerName } from '../../src/tracing/index.ts'

const official = (name: SamplerName, ratio: number): Sampler => {
  const roots: Record<string, () => Sampler> = {
    always_on: () => new AlwaysOnSampler(),
    always_off: () => new AlwaysOffSampler(),
    traceidratio: () => new TraceIdRatioBasedSampler(ratio),
  }
  const root = roots[name.replace('parentbased_', '')]?.() as Sampler
  return name.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root
}

const digits = (length: number) =>
  fc.array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length }).map((all) => all.join(''))
const parents = fc.option(
  fc.record({
    traceId: digits(32),
    spanId: digits(16),
    traceFlags: fc.integer({ min: 0, max: 3 }),
    isRemote: fc.boolean(),
  }),
)
const ratios = fc.oneof(
  fc.constantFrom(0, 1, 0.5, 1 / 2 ** 32, 1e-12, 1 - 1e-12),
  fc.double({ min: 0, max: 1, noNaN: true }),
)

const decide = (sampler: Sampler, context: Context, traceId: string) =>
  sampler.shouldSample(context, traceId, 'a span', SpanKind.INTERNAL, {}, [])

describe.each(SAMPLER_NAMES)('the sampler %s', (name) => {
  test('decides as the official one', () => {
    fc.assert(
      fc.property(digits(32), parents, ratios, (traceId, parent, ratio) => {
        fc.pre(!/^0+$/.test(traceId))
        const context = parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent)
        const [ours, theirs] = [createSampler(name, ratio), official(name, ratio)]
        expect(decide(ours, context, traceId)).toEqual(decide(theirs, context, traceId))
        expect(ours.toString()).toBe(theirs.toString())
      }),
      { numRuns: 300 },
    )
  })
})

describe('the share of traces', () => {
  test.each([0, 0.01, 0.25, 0.5, 1])('that is kept is the ratio: %d', (ratio) => {
    const sampler = createSampler('traceidratio', ratio)
    const spans = new ClewTracerProvider({ sampler, ended: () => {} }).getTracer('t')
    const runs = 20_000
    let kept = 0
    for (let i = 0; i < runs; i++)
      kept += spans.startSpan('work', {}, ROOT_CONTEXT).spanContext().traceFlags & TraceFlags.SAMPLED
    // Six standard deviations of as many throws of a coin.
    expect(Math.abs(kept - ratio * runs)).toBeLessThanOrEqual(6 * Math.sqrt(runs * ratio * (1 - ratio)))
  })

  test('that is kept at a ratio is kept at every higher one', () => {
    fc.assert(
      fc.property(digits(32), ratios, ratios, (traceId, one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)]
        const isKept = (ratio: number) => decide(createSampler('traceidratio', ratio), ROOT_CONTEXT, traceId).decision
        expect(isKept(high)).toBeGreaterThanOrEqual(isKept(low))
      }),
    )
  })
})

describe.each(['jaeger_remote', 'parentbased_jaeger_remote', 'xray'])('the sampler %s', (name) => {
  const why = 'jaeger_remote and xray are not here: they ask a server of their own'

  test('in the environment is said to be missing, and the default is used', () => {
    const { settings, mistakes } = resolveSettings({}, { OTEL_TRACES_SAMPLER: name })
    expect(settings.sampler.toString()).toMatch(/^ParentBased\{root=AlwaysOnSampler/)
    expect(mistakes).toEqual([
      { where: 'OTEL_TRACES_SAMPLER', found: `"${name}"`, allowed: expect.stringContaining(why) },
    ])
  })

  test('in code is refused', () => {
    expect(() => resolveSettings({ sampler: name } as unknown as InitOptions, {})).toThrow(SettingsError)
    expect(() => resolveSettings({ sampler: name } as unknown as InitOptions, {})).toThrow(why)
  })
})
