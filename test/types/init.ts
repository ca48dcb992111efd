import type { ContextManager } from '@opentelemetry/api'
import { getNodeAutoInstrumentations } from '@opentelemetry/auto-instrumentations-node'
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express'
import { B3Propagator } from '@opentelemetry/propagator-b3'
import { BatchLogRecordProcessor, ConsoleLogRecordExporter } from '@opentelemetry/sdk-logs'
import { ConsoleMetricExporter, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { AlwaysOffSampler, BatchSpanProcessor, ConsoleSpanExporter } from '@opentelemetry/sdk-trace'
import {
  init,
  shutdown,
  type Clew,
  type ClewStatus,
  type InitOptions,
  type LevelOption,
  type SettingsError,
} from 'clew'
import { expectTypeOf } from 'vitest'

/* Compiled only. */

export function whatInitAnswers(): void {
  expectTypeOf(init).parameters.toEqualTypeOf<[options?: InitOptions | undefined]>()
  expectTypeOf(init).returns.toEqualTypeOf<Clew>()
  const clew = init()
  expectTypeOf(clew.flush(5)).toEqualTypeOf<Promise<boolean>>()
  expectTypeOf(clew.shutdown()).toEqualTypeOf<Promise<void>>()
  expectTypeOf(clew.status()).toEqualTypeOf<ClewStatus>()
  expectTypeOf(clew.status().endpoint).toEqualTypeOf<string | undefined>()
  expectTypeOf(shutdown()).toEqualTypeOf<Promise<void>>()
  expectTypeOf<SettingsError>().toExtend<Error>()
  clew.setLevel('debug')
  clew.setLevel('DEBUG', 'orders')
  clew.setLevel('off', { component: 'orders', forMillis: 1, where: { 'user.id': 'u' } })
  // @ts-expect-error no such level
  clew.setLevel('loud')
  // @ts-expect-error it only answers
  clew.status().running = false
}

export function everyOption(contextManager: ContextManager): InitOptions {
  return {
    config: 'config.yaml',
    disabled: false,
    service: 'shop',
    serviceVersion: '1.0.0',
    environment: 'production',
    level: 'warn',
    levels: { orders: 'debug', 'http.*': 'WARNING' },
    modules: ['orders', 'carts*'],
    console: { enabled: true, format: 'logfmt' },
    otlp: {
      endpoint: 'http://127.0.0.1:4318',
      protocol: 'http/protobuf',
      headers: { authorization: 'Bearer x' },
      compression: 'zstd',
      timeoutMillis: 1,
      certificate: 'a.pem',
      clientKey: 'b.pem',
      clientCertificate: 'c.pem',
      logs: { endpoint: 'http://127.0.0.1:1/v1/logs' },
      traces: { protocol: 'grpc' },
      metrics: { compression: 'none' },
    },
    spool: { maxBytes: 1, maxAgeMillis: 1, writeDelayMillis: 1 },
    resource: { team: 'a', shard: 1, canary: true },
    privacy: {
      keys: { 'user.name': 'hash' },
      patterns: [{ pattern: /x/, name: 'x', action: 'mask' }, { pattern: 'y' }],
      personalData: ['email'],
      contents: false,
      exempt: [],
      hashKey: '0123456789abcdef',
    },
    volume: [{ component: 'a.*', below: 'ERROR', sample: 0.1, perSecond: 1, per: 'component', repeatMillis: 1 }],
    flightRecorder: { level: 'debug', maxRecords: 1, maxTraces: 1, maxBytes: 1 },
    audit: { onFailure: 'throw', suspicious: { failuresPerUser: 1, failuresPerAddress: 1, windowMillis: 1 } },
    slowMillis: 1,
    metricIntervalMillis: 100,
    runtimeMetrics: false,
    home: '.clew',
    http: false,
    websocket: true,
    redis: true,
    shutdownTimeoutMillis: 1,
    logRecordProcessors: [new BatchLogRecordProcessor({ exporter: new ConsoleLogRecordExporter() })],
    spanProcessors: [new BatchSpanProcessor({ exporter: new ConsoleSpanExporter() })],
    instrumentations: [new ExpressInstrumentation(), getNodeAutoInstrumentations(), 'koa', 'auto'],
    metricReaders: [new PeriodicExportingMetricReader({ exporter: new ConsoleMetricExporter() })],
    sampler: new AlwaysOffSampler(),
    samplerRatio: 0.5,
    propagators: ['b3', new B3Propagator()],
    contextManager,
    logSampling: 'trace',
  }
}

export function otherForms(): InitOptions[] {
  return [
    {},
    { otlp: false, config: false, audit: { suspicious: false } },
    { flightRecorder: true },
    { sampler: 'parentbased_traceidratio' },
    { privacy: { personalData: { email: 'mask', iban: 'remove' } } },
  ]
}

export function whatNoOptionTakes(): void {
  // @ts-expect-error no such option
  init({ servce: 'shop' })
  // @ts-expect-error a text
  init({ service: 7 })
  // @ts-expect-error no such level
  init({ level: 'LOUD' })
  // @ts-expect-error no such level
  init({ levels: { orders: 'loud' } })
  // @ts-expect-error a list
  init({ modules: 'orders,carts' })
  // @ts-expect-error true names no file
  init({ config: true })
  // @ts-expect-error not one of the two
  init({ audit: { onFailure: 'ignore' } })
  // @ts-expect-error no such format
  init({ console: { format: 'xml' } })
  // @ts-expect-error no such option
  init({ console: { colour: true } })
  // @ts-expect-error true says nothing
  init({ otlp: true })
  // @ts-expect-error no such protocol
  init({ otlp: { protocol: 'thrift' } })
  // @ts-expect-error headers are text
  init({ otlp: { headers: { x: 1 } } })
  // @ts-expect-error a signal has no signals
  init({ otlp: { logs: { traces: {} } } })
  // @ts-expect-error a number
  init({ spool: { maxBytes: '512 MiB' } })
  // @ts-expect-error objects are no attributes of a resource
  init({ resource: { team: { name: 'a' } } })
  // @ts-expect-error no such rule
  init({ privacy: { keys: { password: 'show' } } })
  // @ts-expect-error a pattern is missing
  init({ privacy: { patterns: [{ name: 'x' }] } })
  // @ts-expect-error no such kind of personal data
  init({ privacy: { personalData: ['height'] } })
  // @ts-expect-error a list
  init({ volume: { sample: 0.1 } })
  // @ts-expect-error a number
  init({ slowMillis: '1s' })
  // @ts-expect-error no such instrumentation
  init({ mysql: true })
  // @ts-expect-error an exporter is no processor
  init({ logRecordProcessors: [new ConsoleLogRecordExporter()] })
  // @ts-expect-error an exporter is no processor
  init({ spanProcessors: [new ConsoleSpanExporter()] })
  // @ts-expect-error no such sampler
  init({ sampler: 'sometimes' })
  // @ts-expect-error no such propagator
  init({ propagators: ['w3c'] })
  // @ts-expect-error not one of the two
  init({ logSampling: 'none' })
  // @ts-expect-error undefined is not given
  init({ service: undefined })
}

expectTypeOf<LevelOption>().extract<'trace' | 'INFO' | 'warn' | 'fatal' | 'off'>().toEqualTypeOf<'trace' | 'INFO' | 'warn' | 'fatal' | 'off'>() // prettier-ignore
