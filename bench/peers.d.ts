/** What the programs here use of peers that the root package does not know, so that they compile without these installed. */

declare module 'pino' {
  export interface PinoLogger {
    info(fields: object, message: string): void
    debug(fields: object, message: string): void
    child(bindings: object): PinoLogger
  }
  export function pino(options: object, destination: unknown): PinoLogger
  export function destination(path: string): unknown
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

declare module '@opentelemetry/sdk-node' {
  import type { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
  export class NodeSDK {
    constructor(options: { instrumentations?: readonly HttpInstrumentation[] })
    start(): void
    shutdown(): Promise<void>
  }
}
