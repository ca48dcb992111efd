import { DnsInstrumentation } from '@opentelemetry/instrumentation-dns'
import { describe, expect, test } from 'vitest'
import { resolveSettings, type InitOptions, type SettingsError } from '../../src/settings/index.ts'

const mistakesOf = (options: unknown): string[] => {
  try {
    resolveSettings(options as InitOptions, {})
    return []
  } catch (error) {
    return (error as SettingsError).mistakes.map(({ where, found, allowed }) => `${where}: ${found}; ${allowed}`)
  }
}

const INSTRUMENTATIONS =
  "OpenTelemetry instrumentations such as new ExpressInstrumentation(), or their names such as 'express', or 'auto'"

describe('parts of others in options', () => {
  test.each<[object, string]>([
    [{ logRecordProcessors: [{ export: () => {} }] }, 'init({ logRecordProcessors.0 }): an object; LogRecordProcessors; an exporter goes into a BatchLogRecordProcessor of @opentelemetry/sdk-logs'], // prettier-ignore
    [{ spanProcessors: [undefined] }, 'init({ spanProcessors.0 }): nothing; SpanProcessors; an exporter goes into a BatchSpanProcessor of @opentelemetry/sdk-trace'], // prettier-ignore
    [{ metricReaders: {} }, 'init({ metricReaders }): an object; a list'],
    [{ instrumentations: {} }, 'init({ instrumentations }): an object; a list'],
    [
      { instrumentations: [DnsInstrumentation] },
      `init({ instrumentations.0 }): a function or a class; ${INSTRUMENTATIONS}`,
    ],
    [{ instrumentations: ['dns', Promise.resolve()] }, `init({ instrumentations.1 }): a promise; ${INSTRUMENTATIONS}`],
    [
      { instrumentations: [{ enable() {}, disable() {} }] },
      `init({ instrumentations.0 }): an object; ${INSTRUMENTATIONS}`,
    ],
    [
      { instrumentations: [[DnsInstrumentation]] },
      `init({ instrumentations.0.0 }): a function or a class; ${INSTRUMENTATIONS}`,
    ],
    [{ instrumentations: [7] }, `init({ instrumentations.0 }): 7; ${INSTRUMENTATIONS}`],
    [{ sampler: 'sometimes' }, 'init({ sampler }): "sometimes"; a Sampler, or always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio (jaeger_remote and xray are not here: they ask a server of their own)'], // prettier-ignore
    [{ samplerRatio: 2 }, 'init({ samplerRatio }): 2; a number from 0 to 1'],
    [{ propagators: ['jaeger'] }, 'init({ propagators.0 }): "jaeger"; TextMapPropagators, or tracecontext, baggage, b3, b3multi, none'], // prettier-ignore
    [{ contextManager: {} }, 'init({ contextManager }): an object; a ContextManager'],
    [{ logSampling: 'some' }, "init({ logSampling }): \"some\"; 'all' or 'trace'"],
  ])('that are none are refused, with what is allowed: %j', (options, mistake) => {
    expect(mistakesOf(options)).toEqual([mistake])
  })
})

test('OTEL_PROPAGATORS names propagators in their order; an unknown one is reported, and the default used', () => {
  const read = (text: string) => resolveSettings({}, { OTEL_PROPAGATORS: text })
  expect(read('b3, baggage,TRACECONTEXT').settings.propagators).toEqual(['b3', 'baggage', 'tracecontext'])
  expect(read('').settings.propagators).toEqual(['tracecontext', 'baggage'])
  const { settings, mistakes } = read('tracecontext,jaeger')
  expect(settings.propagators).toEqual(['tracecontext', 'baggage'])
  expect(mistakes).toEqual([
    {
      where: 'OTEL_PROPAGATORS',
      found: '"tracecontext,jaeger"',
      allowed: 'tracecontext, baggage, b3, b3multi, none, with commas between',
    },
  ])
})
