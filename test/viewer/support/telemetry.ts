/** What a test sends: an OTLP log record in few words. */
export interface SentLog {
  readonly message: unknown
  readonly severity?: number
  readonly component?: string
  readonly service?: string
  readonly event?: string
  readonly attributes?: Readonly<Record<string, string | number>>
  readonly traceId?: string
  readonly spanId?: string
  readonly millis?: number
}

/** A span in few words; times in milliseconds since 1970. */
export interface SentSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly service?: string
  readonly start: number
  readonly end: number
  readonly failed?: string
  readonly attributes?: Readonly<Record<string, string | number>>
}

/** Sends records as OTLP JSON; resolves when they are stored. */
export async function sendLogs(otlp: string, logs: readonly SentLog[]): Promise<void> {
  await post(`${otlp}/v1/logs`, {
    resourceLogs: logs.map((log) => ({
      resource: resourceOf(log.service),
      scopeLogs: [{ scope: { name: log.component ?? 'orders' }, logRecords: [logRecord(log)] }],
    })),
  })
}

/** Sends spans as OTLP JSON; resolves when they are stored. */
export async function sendSpans(otlp: string, spans: readonly SentSpan[]): Promise<void> {
  await post(`${otlp}/v1/traces`, {
    resourceSpans: spans.map((span) => ({
      resource: resourceOf(span.service),
      scopeSpans: [{ scope: { name: 'test' }, spans: [spanOf(span)] }],
    })),
  })
}

function logRecord(log: SentLog) {
  return {
    timeUnixNano: nanos(log.millis ?? Date.now()),
    severityNumber: log.severity ?? 9,
    body: anyValue(log.message),
    attributes: attributesOf(log.attributes),
    ...(log.event === undefined ? {} : { eventName: log.event }),
    ...(log.traceId === undefined ? {} : { traceId: log.traceId }),
    ...(log.spanId === undefined ? {} : { spanId: log.spanId }),
  }
}

function spanOf(span: SentSpan) {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
    name: span.name,
    kind: 2,
    startTimeUnixNano: nanos(span.start),
    endTimeUnixNano: nanos(span.end),
    attributes: attributesOf(span.attributes),
    ...(span.failed === undefined ? {} : { status: { code: 2, message: span.failed } }),
  }
}

const resourceOf = (service = 'shop') => ({ attributes: attributesOf({ 'service.name': service }) })
const attributesOf = (attributes: Readonly<Record<string, string | number>> = {}) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }))
const anyValue = (value: unknown) =>
  typeof value === 'number' ? { doubleValue: value } : { stringValue: String(value) }
const nanos = (millis: number) => String(BigInt(Math.round(millis * 1_000)) * 1_000n)

async function post(url: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
}
