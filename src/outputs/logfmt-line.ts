import { FIELD_MAP } from '../fields/index.ts'
import { levelName } from '../logging/index.ts'
import { namedErrorType, type Encoding, type LogRecordData } from '../otlp/index.ts'
import { fieldTexts, type FieldText } from './field-text.ts'
import { toldFlags } from './trace-flags.ts'
import { visibleJson } from './visible-text.ts'

/** Keys that only the record itself may use; a field of such a name stands behind this prefix. */
const RESERVED: ReadonlySet<string> = new Set(FIELD_MAP.map(({ key }) => key))
const PREFIX = 'metadata.'

/** What can't stand in a key: space and controls, quotes, equals signs, and what a terminal takes for a command. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const NOT_IN_KEYS = /[\u0000-\u0020\s"=\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffd]/gu

/** What makes quotes needed. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const NEEDS_QUOTES = /[\u0000-\u0020\s"=\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffd]/u

/**
 * One record as a line of logfmt, ending in a line feed: `timestamp=… level=INFO component=orders message="order placed" session_id=s-1 order.id=7`, with the keys of the field map, the
 * error's parts as `error.type`, and all other fields under their own names. A text is quoted, with JSON's escapes, where it must be; lists and objects are JSON text.
 * @see https://github.com/go-logfmt/logfmt
 */
export function logfmtLine(record: LogRecordData, encoding: Encoding): string {
  const { eventName, trace, error, uid } = record
  const message = encoding.safety.plain(record.body ?? eventName ?? '')
  const flags = trace === undefined ? undefined : toldFlags(trace)
  const errorType = error === undefined ? undefined : namedErrorType(error, record)
  return [
    `timestamp=${new Date(record.timeMillis).toISOString()}`,
    pair('level', levelName(record.severityNumber)),
    pair('component', record.scope.name),
    // An event mostly says nothing but its name.
    ...(message === eventName ? [] : [pair('message', message)]),
    ...(eventName === undefined ? [] : [pair('event', eventName)]),
    ...fieldTexts(record, encoding).map(fieldPair),
    ...(trace === undefined ? [] : [pair('trace_id', trace.traceId), pair('span_id', trace.spanId)]),
    ...(flags === undefined ? [] : [pair('trace_flags', flags)]),
    ...(errorType === undefined ? [] : [pair('error_type', errorType)]),
    ...Object.entries(error ?? {}).map(([key, part]: [string, unknown]) =>
      pair(`error.${key}`, typeof part === 'string' ? part : JSON.stringify(part)),
    ),
    `uid=${uid.text()}\n`,
  ].join(' ')
}

function fieldPair({ key, isKeyed, text, isText }: FieldText): string {
  const clean = key.replace(NOT_IN_KEYS, '_') || '_'
  const isTaken = !isKeyed && (RESERVED.has(clean) || clean.startsWith(PREFIX))
  const name = isTaken ? PREFIX + clean : clean
  return isText ? pair(name, text) : `${name}=${quoted(text)}`
}

/** The text `null` is quoted, since the bare word is no text. */
function pair(key: string, text: string): string {
  return `${key}=${text === 'null' ? '"null"' : quoted(text)}`
}

function quoted(text: string): string {
  return text === '' || NEEDS_QUOTES.test(text) ? visibleJson(JSON.stringify(text)) : text
}
