/** What the programs here use of peers that the root package does not know, so that they compile without these installed. */

declare module 'winston-daily-rotate-file' {
  import type { transports } from 'winston'
  const DailyRotateFile: new (options: object) => InstanceType<typeof transports.Stream>
  // oxlint-disable-next-line import/no-default-export -- it is so
  export default DailyRotateFile
}

declare module '@opentelemetry/winston-transport' {
  import type { transports } from 'winston'
  export const OpenTelemetryTransportV3: new () => InstanceType<typeof transports.Stream>
}

declare module '@logtape/logtape' {
  export type Sink = (record: object) => void
  export interface Logger {
    info(message: string, fields: object): void
    debug(message: string, fields: object): void
    error(message: string, fields: object): void
    with(fields: object): Logger
  }
  export function configure(config: object): Promise<void>
  export function getLogger(category: string): Logger
  export function jsonLinesFormatter(record: object): string
}

declare module '@logtape/otel' {
  export function getOpenTelemetrySink(options: { loggerProvider: object }): (record: object) => void
}

declare module '@opentelemetry/context-async-hooks' {
  import type { ContextManager } from '@opentelemetry/api'
  export const AsyncLocalStorageContextManager: new () => ContextManager
}

declare module '@opentelemetry/instrumentation-http' {
  export class HttpInstrumentation {
    readonly instrumentationName: string
  }
}

declare module '@fastify/otel' {
  export class FastifyOtelInstrumentation {
    readonly instrumentationName: string
    constructor(options: { registerOnInitialization: boolean })
  }
}

declare module '@opentelemetry/instrumentation-pino' {
  export class PinoInstrumentation {
    readonly instrumentationName: string
    enable(): void
    setLoggerProvider(provider: object): void
  }
}

declare module '@opentelemetry/instrumentation-winston' {
  export class WinstonInstrumentation {
    setLoggerProvider(provider: object): void
  }
}

declare module '@opentelemetry/sdk-node' {
  export class NodeSDK {
    constructor(options: { instrumentations?: readonly { readonly instrumentationName: string }[] })
    start(): void
    shutdown(): Promise<void>
  }
}

declare module '@opentelemetry/instrumentation-redis' {
  export class RedisInstrumentation {
    readonly instrumentationName: string
    constructor(options: { requireParentSpan: boolean })
  }
}

declare module '@opentelemetry/instrumentation-ioredis' {
  export class IORedisInstrumentation {
    readonly instrumentationName: string
    constructor(options: { requireParentSpan: boolean })
  }
}
