import { propagation, trace, type Context, type Span, type TextMapSetter } from '@opentelemetry/api'
import { injectContext, ROOT_NODE, withCarriedContext, type CarriedContext } from '../../src/context/index.ts'

/** Stays behind: it may say more of a user than a stream that is kept should. */
const BAGGAGE = 'baggage'
const MAX_HEADER = 8_192
const MAX_LINKS = 128
const MAX_DEPTH = 6
const READS = new Set(['XREAD', 'XREADGROUP', 'XAUTOCLAIM', 'XCLAIM'])

const pairs: TextMapSetter<string[]> = {
  set(carrier, name, value) {
    if (name !== BAGGAGE && value.length <= MAX_HEADER) carrier.push(name, value)
  },
}

/** The fields by which an entry of a stream carries its trace, as XADD takes them; none outside of a trace, or where the entry has them. */
export function contextFields(context: Context, args: readonly unknown[]): readonly string[] {
  if (trace.getSpanContext(context) === undefined) return []
  const fields: string[] = []
  injectContext(context, fields, pairs)
  return args.some((arg) => fields.includes(textOf(arg) ?? '')) ? [] : fields
}

/** Links the span of a read to those that added its entries. */
export function linkEntries(span: Span, name: string, reply: unknown): void {
  if (!READS.has(name) || !span.isRecording()) return
  let left = MAX_LINKS
  const visit = (value: unknown, depth: number): void => {
    if (!Array.isArray(value) || depth > MAX_DEPTH || left === 0) return
    const link = spanContextOf(value)
    if (link === undefined) for (const part of value) visit(part, depth + 1)
    else {
      left--
      span.addLink({ context: link })
    }
  }
  visit(entriesOf(reply), 0)
}

/** A server that speaks RESP3 answers with a map of streams. */
function entriesOf(reply: unknown): unknown {
  if (reply instanceof Map) return [...reply.values()]
  return typeof reply === 'object' && reply !== null && !Array.isArray(reply) ? Object.values(reply) : reply
}

function spanContextOf(fields: readonly unknown[]): ReturnType<typeof trace.getSpanContext> {
  const headers = headersIn(fields)
  return headers === undefined ? undefined : trace.getSpanContext(propagation.extract(ROOT_NODE, headers))
}

/** What propagators have written among fields and values that follow each other; undefined when there is nothing. */
function headersIn(fields: readonly unknown[]): Record<string, string> | undefined {
  const names = propagation.fields()
  let headers: Record<string, string> | undefined
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const name = textOf(fields[at])
    const value = name !== undefined && names.includes(name) && name !== BAGGAGE ? textOf(fields[at + 1]) : undefined
    if (name !== undefined && value !== undefined && value.length <= MAX_HEADER) (headers ??= {})[name] = value
  }
  return headers
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return Buffer.isBuffer(value) && value.length <= MAX_HEADER ? value.toString() : undefined
}

/**
 * The trace that an entry of a stream carries, for `withCarriedContext` and for whatever else goes on with it.
 * @param entry as either client gives it: `{ id, message }` or `[id, fields]`; or its fields alone, as an object, a Map or a list
 */
export function contextOf(entry: unknown): CarriedContext {
  return { headers: headersIn(fieldsOf(entry)) ?? {}, fields: {} }
}

/**
 * Runs a function as part of the trace in which an entry was added to its stream, and of nothing that runs around it. An entry without a trace begins none.
 * @param entry as `contextOf` takes it
 * @returns what the function returns
 */
export function withMessageContext<R>(entry: unknown, fn: () => R): R {
  return withCarriedContext(contextOf(entry), fn)
}

function fieldsOf(entry: unknown): readonly unknown[] {
  if (Array.isArray(entry)) return entry.length === 2 && isFields(entry[1]) ? fieldsOf(entry[1]) : entry
  if (entry instanceof Map) return [...entry].flat()
  if (typeof entry !== 'object' || entry === null) return []
  const { message } = entry as { message?: unknown }
  if (typeof message === 'object' && message !== null && 'id' in entry) return fieldsOf(message)
  return Object.entries(entry).flat()
}

function isFields(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Buffer.isBuffer(value)
}
