import { levelName, type LevelName } from '../logging/index.ts'
import type { Encoding, LogRecordData } from '../otlp/index.ts'
import { stackTrace } from '../values/index.ts'
import { fieldTexts } from './field-text.ts'
import { visibleText } from './visible-text.ts'

const COLOURS: Readonly<Record<LevelName, string>> = {
  TRACE: '\u001b[90m',
  DEBUG: '\u001b[36m',
  INFO: '\u001b[32m',
  WARNING: '\u001b[33m',
  ERROR: '\u001b[31m',
  CRITICAL: '\u001b[1;31m',
}
const DIM = '\u001b[2m'
const RESET = '\u001b[0m'

/** So much of a trace's id tells it from others, and finds it in the viewer's search. */
const SHORT_TRACE_LENGTH = 8

/** How lines for people are dressed. */
export interface HumanStyle {
  readonly colour: boolean
  /** Whether the beginning of the trace's id stands at the end. */
  readonly trace: boolean
}

/** `2024-01-15 10:30:45 [INFO] session_manager: Session created (session_id=abc123)`, local time, ending in a line feed; an error's stack in lines below. */
export function humanLine(record: LogRecordData, encoding: Encoding, { colour, trace }: HumanStyle): string {
  const message = encoding.safety.plain(record.body ?? record.eventName ?? '')
  const name = levelName(record.severityNumber)
  const level = colour ? `${COLOURS[name]}${name}${RESET}` : name
  const head = `${localTime(record.timeMillis)} [${level}] ${visibleText(record.scope.name)}: ${visibleText(message)}`
  const tail = fieldsPart(record, encoding) + (trace ? tracePart(record) : '')
  return `${head}${colour && tail !== '' ? DIM + tail + RESET : tail}\n${errorLines(record)}`
}

function fieldsPart(record: LogRecordData, encoding: Encoding): string {
  const fields = fieldTexts(record, encoding).map(
    ({ key, text, isText }) => `${visibleText(quoted(key))}=${visibleText(isText ? quoted(text) : text)}`,
  )
  return fields.length === 0 ? '' : ` (${fields.join(' ')})`
}

function tracePart({ trace }: LogRecordData): string {
  return trace === undefined ? '' : ` trace=${visibleText(trace.traceId.slice(0, SHORT_TRACE_LENGTH))}`
}

function errorLines({ error }: LogRecordData): string {
  if (error === undefined) return ''
  const { type, code, fields } = error
  const extras = Object.entries({ code, ...fields }).filter(([, value]) => value !== undefined)
  const tail = extras.map(([key, value]) => `${key}=${quoted(String(value))}`).join(' ')
  const text = stackTrace(error) ?? (error.message === '' ? type : `${type}: ${error.message}`)
  return `${text}${tail === '' ? '' : `\n(${tail})`}`
    .split('\n')
    .map((line) => `    ${visibleText(line)}\n`)
    .join('')
}

/** Text as it is, unless something in it could be taken for its end. */
function quoted(text: string): string {
  return /^[^\s"=()]+$/.test(text) ? text : JSON.stringify(text)
}

let lastSecond = -1
let lastText = ''

function localTime(millis: number): string {
  const second = Math.floor(millis / 1000)
  if (second !== lastSecond) {
    lastSecond = second
    const date = new Date(millis)
    const two = (part: number): string => String(part).padStart(2, '0')
    lastText =
      `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
      `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  }
  return lastText
}
