import { mergedFields, type Encoding, type LogRecordData } from '../otlp/index.ts'
import { secretProperties } from '../privacy/index.ts'
import { CUT_FIELDS, plainJson, readShown, stackTrace } from '../values/index.ts'
import { JSON_KEYS } from './field-names.ts'

const COLOURS: ReadonlyMap<string, string> = new Map([
  ['TRACE', '\u001b[90m'],
  ['DEBUG', '\u001b[36m'],
  ['INFO', '\u001b[32m'],
  ['WARNING', '\u001b[33m'],
  ['ERROR', '\u001b[31m'],
  ['CRITICAL', '\u001b[1;31m'],
])
const DIM = '\u001b[2m'
const RESET = '\u001b[0m'

/** C0 and C1 controls, line separators, and the marks that turn the direction of text: in data they could forge or hide a line. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** `2024-01-15 10:30:45 [INFO] session_manager: Session created (session_id=abc123)`, local time, ending in a line feed; an error's stack in lines below. */
export function humanLine(record: LogRecordData, encoding: Encoding, colour: boolean): string {
  const fields = fieldTexts(record, encoding)
  const message = encoding.safety.plain(record.body ?? record.eventName ?? '')
  const name = plain(record.severityText)
  const level = colour ? `${COLOURS.get(name) ?? ''}${name}${RESET}` : name
  const head = `${localTime(record.timeMillis)} [${level}] ${plain(record.scope.name)}: ${plain(message)}`
  const tail = fields.length === 0 ? '' : ` (${fields.join(' ')})`
  return `${head}${colour && tail !== '' ? DIM + tail + RESET : tail}\n${errorLines(record)}`
}

function errorLines(record: LogRecordData): string {
  const { error } = record
  if (error === undefined) return ''
  const { type, code, fields } = error
  const extras = Object.entries({ code, ...fields }).filter(([, value]) => value !== undefined)
  const tail = extras.map(([key, value]) => `${key}=${quoted(String(value))}`).join(' ')
  const text = stackTrace(error) ?? (error.message === '' ? type : `${type}: ${error.message}`)
  return `${text}${tail === '' ? '' : `\n(${tail})`}`
    .split('\n')
    .map((line) => `    ${plain(line)}\n`)
    .join('')
}

/** `key=value` of each field; first those that have a name of their own for people. */
function fieldTexts({ context, bound, fields }: LogRecordData, encoding: Encoding): string[] {
  const known: string[] = []
  const others: string[] = []
  const all = mergedFields(context, bound, fields)
  const secrets = secretProperties(all)
  const { maxEntries, maxTotalLength } = encoding.safety.limits
  let length = 0
  let cut = 0
  for (const key in all) {
    if (known.length + others.length >= maxEntries || length > maxTotalLength) {
      cut++
      continue
    }
    const { name } = encoding.keys.get(key)
    const text = fieldText(encoding, key, readShown(all, key, secrets))
    const jsonKey = JSON_KEYS.get(name)
    if (text === undefined) continue
    length += text.length
    ;(jsonKey === undefined ? others : known).push(`${plain(jsonKey ?? name)}=${plain(text)}`)
  }
  return cut === 0 ? [...known, ...others] : [...known, ...others, `${CUT_FIELDS}=${cut}`]
}

function fieldText({ keys, safety }: Encoding, key: string, value: unknown): string | undefined {
  const { rule } = keys.get(key)
  if (value === undefined) return undefined
  if (rule?.covers(value) === true) return quoted(rule.replace(value))
  const json = safety.json(value)
  return json.startsWith('"') ? quoted(plainJson(json)) : json
}

/** Text as it is, unless something in it could be taken for its end. */
function quoted(text: string | undefined): string | undefined {
  return text === undefined || /^[^\s"=()]+$/.test(text) ? text : JSON.stringify(text)
}

function plain(text: string): string {
  return text.replace(CONTROLS, (character) => {
    if (character === '\n') return '\\n'
    if (character === '\t') return '\\t'
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
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
