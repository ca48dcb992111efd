import type { IMetricReader } from '@opentelemetry/sdk-metrics'
import {
  LoggerProvider,
  type BatchLogRecordProcessor,
  type LogRecordProcessor as SdkLogRecordProcessor,
} from '@opentelemetry/sdk-logs'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import type { SpanProcessor as SdkSpanProcessor } from '@opentelemetry/sdk-trace'
import type { LogRecordProcessor, SpanProcessor } from 'clew'
import { createHttpInstrumentation, DEFAULT_HTTP_SETTINGS, type HttpOptions } from 'clew/instrumentations/http'
import { createRedisInstrumentation, REDIS_ATTRIBUTES } from 'clew/instrumentations/redis'
import { createWebSocketInstrumentation, WEBSOCKET_EVENTS } from 'clew/instrumentations/websocket'
import { createProcessors, type Processors } from 'clew/processors'
import {
  packageVersion,
  startServer,
  type RunningServer,
  type ServerOptions,
  type ServerStartError,
  type StoreError,
} from 'clew/server'
import { expectTypeOf } from 'vitest'

/* Compiled only. */

export function processors(): void {
  expectTypeOf(createProcessors()).toEqualTypeOf<Processors>()
  const { logRecordProcessor, spanProcessor, metricReader } = createProcessors({
    service: 'shop',
    environment: 'production',
    home: '.clew',
    otlp: false,
    spool: {},
    privacy: {},
    shutdownTimeoutMillis: 1,
  })
  expectTypeOf(logRecordProcessor).toExtend<SdkLogRecordProcessor>()
  expectTypeOf(spanProcessor).toExtend<SdkSpanProcessor>()
  expectTypeOf(metricReader).toEqualTypeOf<IMetricReader>()
  expectTypeOf(LoggerProvider).toBeConstructibleWith({ processors: [logRecordProcessor] })
  expectTypeOf(MeterProvider).toBeConstructibleWith({ readers: [metricReader] })
  expectTypeOf<BatchLogRecordProcessor>().toExtend<LogRecordProcessor>()
  expectTypeOf<SdkSpanProcessor>().toExtend<SpanProcessor>()
  // @ts-expect-error lines are the other SDK's
  createProcessors({ console: { format: 'json' } })
  // @ts-expect-error levels are the other SDK's
  createProcessors({ level: 'debug' })
}

export const processorOfOnesOwn: LogRecordProcessor = {
  onEmit(record) {
    expectTypeOf(record.severityNumber).toEqualTypeOf<number | undefined>()
    record.setAttribute('shard', 1).setBody('x')
    // @ts-expect-error resources are not changed
    record.resource = undefined
  },
  forceFlush: async () => {},
  shutdown: async () => {},
}

export async function server(): Promise<void> {
  const options: ServerOptions = {
    port: 0,
    otlpPort: 0,
    grpcPort: false,
    host: '127.0.0.1',
    dataFolder: '.clew',
    allowedHosts: [],
  }
  const running = await startServer({ ...options, onError: (error) => expectTypeOf(error).toBeUnknown() })
  expectTypeOf(running).toEqualTypeOf<RunningServer>()
  expectTypeOf(running.port).toBeNumber()
  expectTypeOf(running.urls.viewer).toBeString()
  expectTypeOf(running.close()).toEqualTypeOf<Promise<void>>()
  expectTypeOf(packageVersion()).toBeString()
  expectTypeOf<ServerStartError | StoreError>().toExtend<Error>()
  // @ts-expect-error a number
  await startServer({ port: '4319' })
  // @ts-expect-error no such option
  await startServer({ folder: '.clew' })
}

export function instrumentations(): void {
  const http = createHttpInstrumentation({})
  http.enable()
  expectTypeOf(http.status().active).toBeBoolean()
  expectTypeOf(DEFAULT_HTTP_SETTINGS).toExtend<HttpOptions>()
  expectTypeOf(createWebSocketInstrumentation()).toEqualTypeOf(http)
  expectTypeOf(createRedisInstrumentation).returns.toEqualTypeOf(http)
  expectTypeOf(REDIS_ATTRIBUTES.durationMillis).toEqualTypeOf<'clew.duration_ms'>()
  expectTypeOf(WEBSOCKET_EVENTS.connected).toEqualTypeOf<'websocket.connected'>()
  // @ts-expect-error no such setting
  createHttpInstrumentation({ slow: 1 })
}
