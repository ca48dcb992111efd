import { randomBytes } from 'node:crypto'
import type { AnyValue, FileRecord, KeyValue } from './otlp-files.ts'

/** In hexadecimal, as OTLP's JSON form has them. */
export interface SpanIds {
  readonly traceId: string
  readonly spanId: string
}

/** Sends records as any OTLP client would. Throws unless the collector takes them all. */
export async function postLogs(endpoint: string, ...logRecords: readonly FileRecord[]): Promise<void> {
  await post(`${endpoint}/v1/logs`, { resourceLogs: [{ resource: plantedResource, scopeLogs: [{ logRecords }] }] })
}

/** Sends one span of these attributes and tells its ids. */
export async function postSpan(endpoint: string, name: string, attributes: readonly KeyValue[]): Promise<SpanIds> {
  const now = String(BigInt(Date.now()) * 1_000_000n)
  const ids = { traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') }
  const span = { ...ids, name, kind: 2, attributes }
  const spans = [{ ...span, startTimeUnixNano: now, endTimeUnixNano: now, events: [{ name: 'tried', attributes }] }]
  await post(`${endpoint}/v1/traces`, { resourceSpans: [{ resource: plantedResource, scopeSpans: [{ spans }] }] })
  return ids
}

/** Sends one counter with one point of these attributes. */
export async function postCounter(endpoint: string, name: string, attributes: readonly KeyValue[]): Promise<void> {
  const timeUnixNano = String(BigInt(Date.now()) * 1_000_000n)
  const sum = { aggregationTemporality: 2, isMonotonic: true, dataPoints: [{ asInt: '7', timeUnixNano, attributes }] }
  const scopeMetrics = [{ metrics: [{ name, sum }] }]
  await post(`${endpoint}/v1/metrics`, { resourceMetrics: [{ resource: plantedResource, scopeMetrics }] })
}

/** A record of text and attributes. */
export function record(severityNumber: number, text: string, attributes: readonly KeyValue[] = []): FileRecord {
  return { timeUnixNano: String(BigInt(Date.now()) * 1_000_000n), severityNumber, body: string(text), attributes }
}

/** A text value. */
export function string(text: string): AnyValue {
  return { stringValue: text }
}

const plantedResource = { attributes: [{ key: 'service.name', value: string('stack-test') }] }

async function post(url: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  const answer = await response.text()
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${answer}`)
}
