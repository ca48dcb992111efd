import { type DecodedSpans, type LogEntry, type ResourceEntry, type ScopeEntry, resourceEntry } from './decode-entry.ts'
import {
  type JsonFields,
  jsonArray,
  jsonAttributes,
  jsonCount,
  jsonId,
  jsonObject,
  jsonText,
  jsonTime,
  jsonValue,
} from './decode-json.ts'
import { durationNanos, keepSpan } from './decode-span.ts'
import { millisOfDecimal, nanosOfDecimal } from './decode-time.ts'

type ReadJsonItem = (item: JsonFields, path: string, resource: ResourceEntry, scope: ScopeEntry) => void

/** Reads a logs request from parsed OTLP JSON. */
export function readJsonLogs(request: unknown, receivedMillis: number): LogEntry[] {
  const entries: LogEntry[] = []
  eachItem(request, ['resourceLogs', 'scopeLogs', 'logRecords'], (item, path, resource, scope) => {
    entries.push(jsonLog(item, path, resource, scope, receivedMillis))
  })
  return entries
}

/** Reads a traces request from parsed OTLP JSON into `decoded`. */
export function readJsonSpans(request: unknown, decoded: DecodedSpans & { rejected: number }): void {
  eachItem(request, ['resourceSpans', 'scopeSpans', 'spans'], (item, path, resource, scope) => {
    addJsonSpan(item, path, resource, scope, decoded)
  })
}

/** Counts the data points of a metrics request in parsed OTLP JSON. */
export function readJsonDataPoints(request: unknown): number {
  let points = 0
  eachItem(request, ['resourceMetrics', 'scopeMetrics', 'metrics'], (item, path) => {
    for (const kind of ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary']) {
      const data = jsonObject(item[kind], `${path}.${kind}`)
      points += jsonArray(data['dataPoints'], `${path}.${kind}.dataPoints`).length
    }
  })
  return points
}

function eachItem(request: unknown, names: readonly [string, string, string], read: ReadJsonItem): void {
  const [outerName, innerName, itemsName] = names
  for (const [i, outerValue] of jsonArray(jsonObject(request, 'request')[outerName], outerName).entries()) {
    const outerPath = `${outerName}[${i}]`
    const outer = jsonObject(outerValue, outerPath)
    const attributes = jsonObject(outer['resource'], `${outerPath}.resource`)['attributes']
    const resource = resourceEntry(jsonAttributes(attributes, `${outerPath}.resource.attributes`))
    for (const [j, innerValue] of jsonArray(outer[innerName], `${outerPath}.${innerName}`).entries()) {
      const innerPath = `${outerPath}.${innerName}[${j}]`
      const inner = jsonObject(innerValue, innerPath)
      const scope = jsonScope(inner['scope'], `${innerPath}.scope`)
      for (const [k, item] of jsonArray(inner[itemsName], `${innerPath}.${itemsName}`).entries()) {
        const path = `${innerPath}.${itemsName}[${k}]`
        read(jsonObject(item, path), path, resource, scope)
      }
    }
  }
}

function jsonScope(value: unknown, path: string): ScopeEntry {
  const scope = jsonObject(value, path)
  return {
    name: jsonText(scope['name'], `${path}.name`),
    version: jsonText(scope['version'], `${path}.version`),
    attributes: jsonAttributes(scope['attributes'], `${path}.attributes`),
  }
}

function jsonLog(
  item: JsonFields,
  path: string,
  resource: ResourceEntry,
  scope: ScopeEntry,
  receivedMillis: number,
): LogEntry {
  const time = jsonTime(item['timeUnixNano'], `${path}.timeUnixNano`)
  const observed = jsonTime(item['observedTimeUnixNano'], `${path}.observedTimeUnixNano`)
  const given = Number(time) === 0 ? observed : time
  const known = Number(given) !== 0
  const severityNumber = jsonCount(item['severityNumber'], `${path}.severityNumber`)
  return {
    resource,
    scope,
    timeMillis: known ? millisOfDecimal(given) : receivedMillis,
    timeNanos: known ? nanosOfDecimal(given) : 0,
    severityNumber: severityNumber <= 24 ? severityNumber : 0,
    severityText: jsonText(item['severityText'], `${path}.severityText`),
    eventName: jsonText(item['eventName'], `${path}.eventName`),
    body: jsonValue(item['body'], `${path}.body`),
    attributes: jsonAttributes(item['attributes'], `${path}.attributes`),
    traceId: jsonId(item['traceId'], 32, `${path}.traceId`),
    spanId: jsonId(item['spanId'], 16, `${path}.spanId`),
  }
}

function addJsonSpan(
  item: JsonFields,
  path: string,
  resource: ResourceEntry,
  scope: ScopeEntry,
  decoded: DecodedSpans & { rejected: number },
): void {
  const start = jsonTime(item['startTimeUnixNano'], `${path}.startTimeUnixNano`)
  const end = jsonTime(item['endTimeUnixNano'], `${path}.endTimeUnixNano`)
  const status = jsonObject(item['status'], `${path}.status`)
  const startMillis = millisOfDecimal(start)
  const startNanos = nanosOfDecimal(start)
  keepSpan(decoded, {
    resource,
    scope,
    traceId: jsonId(item['traceId'], 32, `${path}.traceId`),
    spanId: jsonId(item['spanId'], 16, `${path}.spanId`),
    parentSpanId: jsonId(item['parentSpanId'], 16, `${path}.parentSpanId`),
    name: jsonText(item['name'], `${path}.name`),
    kind: jsonCount(item['kind'], `${path}.kind`),
    startMillis,
    startNanos,
    durationNanos: durationNanos(startMillis, startNanos, millisOfDecimal(end), nanosOfDecimal(end)),
    statusCode: jsonCount(status['code'], `${path}.status.code`),
    statusMessage: jsonText(status['message'], `${path}.status.message`),
    attributes: jsonAttributes(item['attributes'], `${path}.attributes`),
    events: jsonArray(item['events'], `${path}.events`).map((event, index) =>
      jsonEvent(event, `${path}.events[${index}]`),
    ),
    links: jsonArray(item['links'], `${path}.links`).map((link, index) => jsonLink(link, `${path}.links[${index}]`)),
  })
}

function jsonEvent(value: unknown, path: string) {
  const event = jsonObject(value, path)
  const time = jsonTime(event['timeUnixNano'], `${path}.timeUnixNano`)
  return {
    name: jsonText(event['name'], `${path}.name`),
    timeMillis: millisOfDecimal(time),
    timeNanos: nanosOfDecimal(time),
    attributes: jsonAttributes(event['attributes'], `${path}.attributes`),
  }
}

function jsonLink(value: unknown, path: string) {
  const link = jsonObject(value, path)
  return {
    traceId: jsonId(link['traceId'], 32, `${path}.traceId`),
    spanId: jsonId(link['spanId'], 16, `${path}.spanId`),
    attributes: jsonAttributes(link['attributes'], `${path}.attributes`),
  }
}
