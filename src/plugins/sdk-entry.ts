import { isSpanContextValid, type Link } from '@opentelemetry/api'
import { ATTRIBUTE } from '../fields/index.ts'
import { levelName, safeName } from '../logging/index.ts'
import {
  createScope,
  RecordUids,
  uidAttribute,
  type LogRecordData,
  type RecordUid,
  type Scope,
  type SpanData,
  type SpanEvent,
  type SpanLink,
} from '../otlp/index.ts'
import { fromHrTime } from './hr-time.ts'
import type { InstrumentationScope, ReadableLogRecord, ReadableSpan, TimedEvent } from './sdk-shapes.ts'

const uids = new RecordUids()

/** A record of the official SDK as clew's outputs take it. It gets an id of its own unless it has one. */
export function recordOf(record: ReadableLogRecord): LogRecordData {
  const { severityNumber = 0, severityText, eventName, spanContext, droppedAttributesCount } = record
  const timeMillis = fromHrTime(record.hrTime)
  const { [ATTRIBUTE.uid]: uid, ...fields } = record.attributes
  return {
    timeMillis,
    observedMillis: fromHrTime(record.hrTimeObserved),
    severityNumber,
    severityText:
      severityText === undefined ? (severityNumber > 0 ? levelName(severityNumber) : '') : safeName(severityText),
    body: record.body,
    eventName: eventName === undefined ? undefined : safeName(eventName),
    scope: scopeFrom(record.instrumentationScope),
    context: undefined,
    bound: undefined,
    fields,
    ...(droppedAttributesCount > 0 ? { droppedAttributes: droppedAttributesCount } : undefined),
    error: undefined,
    trace: spanContext !== undefined && isSpanContextValid(spanContext) ? spanContext : undefined,
    uid: typeof uid === 'string' ? givenUid(uid) : uids.next(timeMillis),
  }
}

function givenUid(text: string): RecordUid {
  const safe = safeName(text)
  return { attribute: uidAttribute(safe), text: () => safe }
}

/** An ended span of the official SDK as clew's outputs take it. */
export function spanOf(span: ReadableSpan): SpanData & { readonly scope: Scope } {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext()
  return {
    scope: scopeFrom(span.instrumentationScope),
    traceId,
    spanId,
    traceFlags,
    traceState: traceState?.serialize(),
    parentSpanId: span.parentSpanContext?.spanId,
    parentIsRemote: span.parentSpanContext?.isRemote === true,
    name: span.name,
    kind: span.kind + 1,
    startMillis: fromHrTime(span.startTime),
    endMillis: fromHrTime(span.endTime),
    attributes: span.attributes,
    context: undefined,
    events: span.events.map(eventOf),
    links: span.links.map(linkOf),
    droppedAttributes: span.droppedAttributesCount,
    droppedEvents: span.droppedEventsCount,
    droppedLinks: span.droppedLinksCount,
    statusCode: span.status.code,
    statusMessage: span.status.message,
  }
}

function eventOf({ time, name, attributes = {} }: TimedEvent): SpanEvent {
  return { timeMillis: fromHrTime(time), name, attributes }
}

function linkOf({ context, attributes = {} }: Link): SpanLink {
  const { traceId, spanId, traceFlags, traceState } = context
  return { context: { traceId, spanId, traceFlags, traceState: traceState?.serialize() }, attributes }
}

const scopes = new WeakMap<InstrumentationScope, Scope>()

function scopeFrom(given: InstrumentationScope): Scope {
  let scope = scopes.get(given)
  if (scope === undefined) {
    scope = createScope(given.name, given.version)
    scopes.set(given, scope)
  }
  return scope
}
