import { ByteWriter } from './byte-writer.ts'

/** An instrumentation scope: for logs, the component. */
export interface Scope {
  readonly name: string
  readonly version: string | undefined
  /** The content of an InstrumentationScope message. */
  readonly bytes: Uint8Array
}

/** @see https://opentelemetry.io/docs/specs/otel/common/instrumentation-scope/ */
export function createScope(name: string, version?: string): Scope {
  const writer = new ByteWriter(name.length * 3 + 64)
  writer.string(0x0a, name)
  if (version !== undefined && version !== '') writer.string(0x12, version)
  return Object.freeze({ name, version, bytes: writer.copy() })
}
