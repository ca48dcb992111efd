import { boundedString, DEFAULT_SAFETY, plainText } from '../values/index.ts'
import { ByteWriter } from './byte-writer.ts'

/** An instrumentation scope: for logs, the component. */
export interface Scope {
  readonly name: string
  readonly version: string | undefined
  /** The content of an InstrumentationScope message. */
  readonly bytes: Uint8Array
}

const MAX_NAME_LENGTH = 1_024

/**
 * A scope by its name, which is anybody's: bounded and without secrets. Never throws.
 * @see https://opentelemetry.io/docs/specs/otel/common/instrumentation-scope/
 */
export function createScope(anyName: string, anyVersion?: string): Scope {
  const name = safeName(anyName)
  const version = anyVersion === undefined ? undefined : safeName(anyVersion)
  const writer = new ByteWriter(name.length * 3 + 64)
  writer.string(0x0a, name)
  if (version !== undefined && version !== '') writer.string(0x12, version)
  return Object.freeze({ name, version, bytes: writer.copy() })
}

function safeName(name: string): string {
  return boundedString(DEFAULT_SAFETY.text(plainText(name)), MAX_NAME_LENGTH)
}
