import * as v from 'valibot'

const PATHS_ALLOWED = "a list of paths; '*' stands for any characters"
const PATTERN_ALLOWED = "a path with one ':name' in it, such as /ws/:tenant/*"
const SOURCE_ALLOWED = 'a function, or one of { query }, { header }, { subprotocol } and { path }'
const SUMMARY_ALLOWED = 'a number of milliseconds, 0 or more'
const SPANS_ALLOWED = 'true, false, or a number from 0 to 1'
const FLAG_ALLOWED = 'true or false'

const text = () => v.optional(v.pipe(v.string('text'), v.nonEmpty('text')))

/** Whether a pattern of a path names one segment. */
export function isSegmentPattern(pattern: string): boolean {
  return pattern.startsWith('/') && pattern.split('/').filter((segment) => /^:./.test(segment)).length === 1
}

/** Whether it is said of one place only where it is. */
export function isOneSource(source: object): boolean {
  return Object.values(source).filter((value) => value !== undefined).length <= 1
}

const source = () =>
  v.optional(
    v.union(
      [
        v.pipe(
          v.strictObject(
            {
              query: text(),
              header: text(),
              subprotocol: text(),
              path: v.optional(v.pipe(v.string(PATTERN_ALLOWED), v.check(isSegmentPattern, PATTERN_ALLOWED))),
            },
            SOURCE_ALLOWED,
          ),
          v.check(isOneSource, SOURCE_ALLOWED),
        ),
        v.custom<() => unknown>((given) => typeof given === 'function', SOURCE_ALLOWED),
      ],
      SOURCE_ALLOWED,
    ),
  )

const share = v.pipe(v.number(SPANS_ALLOWED), v.minValue(0, SPANS_ALLOWED), v.maxValue(1, SPANS_ALLOWED))

const options = v.strictObject(
  {
    enabled: v.optional(v.boolean(FLAG_ALLOWED)),
    sessionId: source(),
    tenantId: source(),
    summaryMillis: v.optional(
      v.pipe(v.number(SUMMARY_ALLOWED), v.minValue(0, SUMMARY_ALLOWED), v.maxValue(2 ** 31 - 1, SUMMARY_ALLOWED)),
    ),
    messageSpans: v.optional(v.union([v.boolean(), share], SPANS_ALLOWED)),
    messageContext: v.optional(v.boolean(FLAG_ALLOWED)),
    ignorePaths: v.optional(v.array(v.union([v.string(), v.instance(RegExp)], 'a path'), PATHS_ALLOWED)),
  },
  'an object of options',
)

/** How WebSocket sessions are recorded. */
export const websocket = v.union(
  [v.boolean(), options],
  'true, false, or an object such as { sessionId, summaryMillis }',
)
