import { randomUUID } from 'node:crypto'

/** One record that is to be judged. */
export interface PlantedRecord {
  readonly service: string
  /** Minutes before the time at which rules are judged. */
  readonly minutesAgo: number
  /** Of OTLP. @default 9 */
  readonly severity?: number
  readonly body?: string
  readonly event?: string
  readonly component?: string
  readonly attributes?: Readonly<Record<string, string | number | boolean>>
}

/** The same record several times. */
export function times(count: number, record: PlantedRecord): PlantedRecord[] {
  return Array.from({ length: count }, () => record)
}

/** Sends records as OTLP, each with an id of its own. Throws unless all are taken. */
export async function plant(endpoint: string, at: number, records: readonly PlantedRecord[]): Promise<void> {
  const groups = Object.groupBy(records, ({ service, component }) => JSON.stringify([service, component ?? 'app']))
  const resourceLogs = Object.entries(groups).map(([key, group = []]) => {
    const [service, component] = JSON.parse(key) as [string, string]
    const logRecords = group.map((record, index) => otlp(record, at, index))
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] }
    return { resource, scopeLogs: [{ scope: { name: component }, logRecords }] }
  })
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ resourceLogs })
  const response = await fetch(`${endpoint}/v1/logs`, { method: 'POST', headers, body })
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
}

/** @param index a microsecond for each, so that no two are at the same time */
function otlp(record: PlantedRecord, at: number, index: number): unknown {
  const { minutesAgo, severity = 9, body = 'said', event, attributes = {} } = record
  const nanos = BigInt(Math.round(at - minutesAgo * 60_000)) * 1_000_000n + BigInt(index) * 1_000n
  return {
    timeUnixNano: String(nanos),
    severityNumber: severity,
    body: { stringValue: body },
    ...(event === undefined ? undefined : { eventName: event }),
    attributes: Object.entries({ ...attributes, 'log.record.uid': randomUUID() }).map(([key, value]) => ({
      key,
      value: typeof value === 'string' ? { stringValue: value } : typeof value === 'boolean' ? { boolValue: value } : { doubleValue: value }, // prettier-ignore
    })),
  }
}
