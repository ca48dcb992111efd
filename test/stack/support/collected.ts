import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { LogEntry, SpanEntry } from '../../../src/otlp/decode-entry.ts'
import { decodeLogs, decodeSpans } from '../../../src/otlp/decode-request.ts'

/** A data point of a metric in OTLP's JSON form, as far as tests read it. */
export interface CollectedPoint {
  readonly asInt?: string
  readonly asDouble?: number
  readonly count?: string
  readonly sum?: number
  readonly attributes?: readonly unknown[]
  readonly exemplars?: readonly { readonly traceId?: string; readonly spanId?: string; readonly asDouble?: number }[]
}

interface MetricsLine {
  readonly resourceMetrics: readonly {
    readonly resource: {
      readonly attributes?: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[]
    }
    readonly scopeMetrics: readonly { readonly metrics: readonly CollectedMetric[] }[]
  }[]
}

interface CollectedMetric {
  readonly name: string
  readonly unit?: string
  readonly sum?: { readonly isMonotonic?: boolean; readonly dataPoints: readonly CollectedPoint[] }
  readonly histogram?: { readonly dataPoints: readonly CollectedPoint[] }
}

/** All that a service said, in whatever class of retention, by the collector's files. */
export function collectedLogs(dataDir: string, service: string): LogEntry[] {
  const files = readdirSync(dataDir).filter((name) => /^logs.*\.jsonl$/.test(name))
  const entries = files.flatMap((name) => linesOf(join(dataDir, name))).flatMap((line) => decodeLogs(line, 'json', 0))
  return entries.filter((entry) => entry.resource.service === service)
}

/** All spans of a service, by the collector's file. */
export function collectedSpans(dataDir: string, service: string): SpanEntry[] {
  const spans = linesOf(join(dataDir, 'traces.jsonl')).flatMap((line) => decodeSpans(line, 'json').spans)
  return spans.filter((span) => span.resource.service === service)
}

/** All metrics of a service, by the collector's file. */
export function collectedMetrics(dataDir: string, service: string): CollectedMetric[] {
  const lines = linesOf(join(dataDir, 'metrics.jsonl')).map((line) => JSON.parse(line.toString()) as MetricsLine)
  const ofService = lines
    .flatMap((line) => line.resourceMetrics)
    .filter(({ resource }) =>
      resource.attributes?.some(({ key, value }) => key === 'service.name' && value.stringValue === service),
    )
  return ofService.flatMap(({ scopeMetrics }) => scopeMetrics).flatMap(({ metrics }) => metrics)
}

/** Only whole lines: the last one may be half written. */
function linesOf(path: string): Buffer[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  return lines.map((line) => Buffer.from(line))
}
