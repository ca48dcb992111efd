import * as v from 'valibot'
import { PARAMETERS } from '../../fields/index.ts'
import { LEVELS, wordsOf } from '../../store/index.ts'
import { ApiError } from './api-error.ts'
import { idOfCursor } from './cursor.ts'

const MAX_TEXT = 1000
const MAX_WORDS = 32
const ISO_TIME = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+ -]\d\d:?\d\d)?)?$/
const MAX_MILLIS = 8.64e15

/** Every message says what is allowed: it becomes the `allowed` of the answer. */
const text = v.pipe(v.string(), v.minLength(1, '1 to 1000 characters'), v.maxLength(MAX_TEXT, '1 to 1000 characters'))
const list = v.pipe(
  text,
  v.transform((value) => value.split(',').map((each) => each.trim())),
  v.check((values) => values.every((each) => each !== ''), 'names with commas between them'),
)
const words = v.pipe(
  v.string(),
  v.maxLength(MAX_TEXT, `at most ${MAX_TEXT} characters`),
  v.transform(wordsOf),
  v.check((found) => found.length <= MAX_WORDS, `at most ${MAX_WORDS} words`),
)
const levelRank = v.pipe(
  v.string(),
  v.transform((value) => LEVELS.findIndex((level) => level === value.toUpperCase())),
  v.check((rank) => rank >= 0, LEVELS.join(', ')),
)
const levels = v.pipe(
  text,
  v.transform((value) =>
    value.split(',').map((each) => LEVELS.findIndex((level) => level === each.trim().toUpperCase())),
  ),
  v.check((ranks) => ranks.every((rank) => rank >= 0), LEVELS.join(', ')),
)
const time = v.pipe(
  v.string(),
  v.transform(millisOfTime),
  v.check((millis) => Math.abs(millis) <= MAX_MILLIS, 'ISO 8601, or milliseconds since 1970'),
)
const traceId = v.pipe(v.string(), v.regex(/^[\da-f]{32}$/i, '32 hexadecimal digits'), v.toLowerCase())
const cursor = v.pipe(
  v.string(),
  v.check((value) => idOfCursor(value) !== undefined, 'the next_cursor of an earlier answer'),
  v.transform((value) => idOfCursor(value) as string),
)

/** A whole number in a range. */
export function wholeNumber(min: number, max: number) {
  return v.pipe(
    v.string(),
    v.transform((value) => (/^\d{1,9}$/.test(value) ? Number(value) : Number.NaN)),
    v.check((value) => value >= min && value <= max, `${min} to ${max}`),
  )
}

/** The parameters of a time range. */
export const rangeParameters = { from: v.optional(time), to: v.optional(time) }

/** The parameters that choose records. */
export const filterParameters = {
  q: v.optional(words),
  level: v.optional(levels),
  min_level: v.optional(levelRank),
  module: v.optional(list),
  service: v.optional(text),
  event: v.optional(text),
  user: v.optional(text),
  tenant: v.optional(text),
  session: v.optional(text),
  request: v.optional(text),
  trace: v.optional(traceId),
  ...rangeParameters,
}

/** Other parameters. */
export const otherParameters = { text, time, cursor }

/**
 * The query's parameters, checked, whichever of its names each was given by; unknown ones and repeated ones are refused.
 * @throws {ApiError} that says where, what was found and what is allowed.
 */
export function queryParameters<const T extends v.ObjectEntries>(
  url: string,
  entries: T,
): v.InferOutput<v.ObjectSchema<T, undefined>> {
  const given: Record<string, string> = {}
  for (const [givenName, value] of new URL(url).searchParams) {
    const name = PARAMETERS.get(givenName) ?? givenName
    if (!Object.hasOwn(entries, name))
      throw new ApiError(400, 'query', givenName, Object.keys(entries).join(', ') || 'no parameters')
    if (Object.hasOwn(given, name)) throw new ApiError(400, `query.${name}`, 'it is given twice', 'once')
    given[name] = value
  }
  const result = v.safeParse(v.object(entries), given)
  if (!result.success) throw refusal(result.issues[0], given)
  const { from, to } = result.output as { from?: number; to?: number }
  if (from !== undefined && to !== undefined && from >= to) {
    throw new ApiError(400, 'query.to', given['to'] ?? '', `later than from (${given['from']})`)
  }
  return result.output
}

function refusal(issue: v.BaseIssue<unknown>, given: Record<string, string>): ApiError {
  const key = issue.path?.[0]?.key
  const name = typeof key === 'string' ? key : ''
  const found = given[name]
  if (found === undefined) return new ApiError(400, `query.${name}`, 'nothing', 'it is required')
  return new ApiError(400, `query.${name}`, found.length > 100 ? `${found.slice(0, 100)}…` : found, issue.message)
}

/** A plus sign that was not escaped arrives as a space. */
function millisOfTime(value: string): number {
  if (/^-?\d{1,16}$/.test(value)) return Number(value)
  if (!ISO_TIME.test(value)) return Number.NaN
  return Date.parse(value.replace(/ (?=\d\d:?\d\d$)/, value.includes('T') ? '+' : ' ').replace(',', '.'))
}
