/** What the programs here use of peers that the root package does not know, so that they compile without these installed. */

declare module 'pino' {
  import type { EventEmitter } from 'node:events'
  export interface PinoLogger {
    info(fields: object, message: string): void
    debug(fields: object, message: string): void
    error(fields: object, message: string): void
    child(bindings: object): PinoLogger
  }
  export type PinoDestination = EventEmitter & { end(): void }
  export function pino(options: object, destination: unknown): PinoLogger
  export function destination(target: number | object): PinoDestination
  export type PinoTransport = PinoDestination & { ref(): void }
  export function transport(options: object): PinoTransport
}

declare module 'winston' {
  import type { EventEmitter } from 'node:events'
  import type { Writable } from 'node:stream'
  export interface Logger extends EventEmitter {
    info(message: string, fields: object): void
    debug(message: string, fields: object): void
    error(message: string, fields: object): void
    child(fields: object): Logger
    end(): void
  }
  export function createLogger(options: object): Logger
  export const transports: { readonly Stream: new (options: { stream: Writable }) => object }
}

declare module 'winston-daily-rotate-file' {
  const DailyRotateFile: new (options: object) => object
  // oxlint-disable-next-line import/no-default-export -- it is so
  export default DailyRotateFile
}

declare module '@opentelemetry/winston-transport' {
  export const OpenTelemetryTransportV3: new () => object
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

declare module '@opentelemetry/instrumentation-pino' {
  export class PinoInstrumentation {
    readonly instrumentationName: string
    enable(): void
  }
}

declare module '@opentelemetry/sdk-node' {
  export class NodeSDK {
    constructor(options: { instrumentations?: readonly { readonly instrumentationName: string }[] })
    start(): void
    shutdown(): Promise<void>
  }
}
