/** A value as JSON can say it: 64-bit integers beyond 2^53 are decimal text, NaN and infinities are text, bytes are base64. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue }

/** Attributes under their OpenTelemetry names. */
export type Attributes = { [key: string]: JsonValue }

/** What produced telemetry. One object is shared by all entries of one block of a request. */
export interface ResourceEntry {
  readonly service: string | null
  readonly attributes: Attributes
}

/** The instrumentation scope; its name is what clew calls a component. Shared like {@link ResourceEntry}. */
export interface ScopeEntry {
  readonly name: string
  readonly version: string
  readonly attributes: Attributes
}

/** One log record, the same whether it came as protobuf or as JSON. Ids are lower-case hex, empty when there is none. */
export interface LogEntry {
  readonly resource: ResourceEntry
  readonly scope: ScopeEntry
  /** Milliseconds since 1970: the record's time, else when it was observed, else when it was received. */
  readonly timeMillis: number
  /** Nanoseconds past `timeMillis`, 0 to 999,999. */
  readonly timeNanos: number
  /** 1 to 24, or 0 when the sender gave none. */
  readonly severityNumber: number
  readonly severityText: string
  readonly eventName: string
  readonly body: JsonValue
  readonly attributes: Attributes
  readonly traceId: string
  readonly spanId: string
}

/** An event inside a span. */
export interface SpanEventEntry {
  readonly name: string
  readonly timeMillis: number
  readonly timeNanos: number
  readonly attributes: Attributes
}

/** A link from a span to another. */
export interface SpanLinkEntry {
  readonly traceId: string
  readonly spanId: string
  readonly attributes: Attributes
}

/** One span, the same whether it came as protobuf or as JSON. */
export interface SpanEntry {
  readonly resource: ResourceEntry
  readonly scope: ScopeEntry
  readonly traceId: string
  readonly spanId: string
  /** Empty for a root span. */
  readonly parentSpanId: string
  readonly name: string
  /** OTLP's number: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number
  readonly startMillis: number
  readonly startNanos: number
  readonly durationNanos: number
  /** OTLP's number: 0 unset, 1 ok, 2 error. */
  readonly statusCode: number
  readonly statusMessage: string
  readonly attributes: Attributes
  readonly events: readonly SpanEventEntry[]
  readonly links: readonly SpanLinkEntry[]
}

/** The entries of a request, and those in it that cannot be stored because their ids are not valid. */
export interface DecodedSpans {
  readonly spans: SpanEntry[]
  readonly rejected: number
  readonly reason: string
}

/** Sets a key that came from outside: `__proto__` becomes a plain key, never the prototype. */
export function setAttribute(target: Attributes, key: string, value: JsonValue): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  } else {
    target[key] = value
  }
}

/** The resource entry of decoded attributes. */
export function resourceEntry(attributes: Attributes): ResourceEntry {
  const service = attributes['service.name']
  return { service: typeof service === 'string' && service !== '' ? service : null, attributes }
}

/** Nesting of values beyond this is refused, as protobuf parsers do. */
export const MAX_VALUE_DEPTH = 100
