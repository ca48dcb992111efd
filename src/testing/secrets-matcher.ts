import type { CapturedLogs } from './capture.ts'
import type { CapturedRecord } from './captured-record.ts'
import type { CapturedSpan } from './captured-span.ts'
import { asCaptured, type MatcherContext, type MatcherResult } from './matcher.ts'
import { redactorTest, secretTest, valuesOf, type FoundValue, type SecretTest } from './secret-search.ts'

/** Secrets of a test, each as it is or as a pattern. */
export type Secrets = string | RegExp | readonly (string | RegExp)[]

const MAX_PLACES = 20

/** Whether no secret is in any record or span: none of those given, nor anything that clew's own rules would take out. Says where one is, and never what it is. */
export function toHaveNoSecrets(this: MatcherContext, received: unknown, secrets: Secrets = []): MatcherResult {
  const places = placesOf(asCaptured(received), [secrets].flat().map(secretTest))
  const more = places.length - MAX_PLACES
  return {
    pass: places.length === 0,
    message: () =>
      places.length === 0
        ? 'expected a secret in what was captured, found none'
        : [
            'expected no secrets in what was captured, found:',
            ...places.slice(0, MAX_PLACES).map((place) => `  ${place}`),
            ...(more > 0 ? [`  … and ${more} more`] : []),
          ].join('\n'),
  }
}

/** One thing captured, in the ways it is seen; each says the same once more. */
interface Seen {
  readonly place: string
  readonly views: readonly (readonly FoundValue[])[]
}

function placesOf({ records, spans }: CapturedLogs, tests: readonly SecretTest[]): string[] {
  const all: Seen[] = [
    ...records.map((record, at) => seen(`records[${at}]`, viewsOf(record))),
    ...spans.map((span, at) => seen(`spans[${at}]`, [told(span)])),
  ]
  const isSecret = (text: string): boolean =>
    [...tests, redactorTest].some((test) => test({ value: text, text, keys: [], isKey: true }))
  const shownPlace = (place: string, { keys, isKey }: FoundValue): string =>
    `${isKey ? 'a key: ' : ''}${place}${keys.map((key) => (isSecret(key) ? '[secret]' : step(key))).join('')}`
  return all.flatMap(({ place, views }) => [
    ...tests.flatMap((test, at) =>
      firstFound(views, test).map((found) => `secret ${at + 1} of ${tests.length} in ${shownPlace(place, found)}`),
    ),
    ...firstFound(views.slice(0, 1), redactorTest).map(
      (found) => `what is secret by clew's rules in ${shownPlace(place, found)}`,
    ),
  ])
}

/** Times and ids are clew's own: numbers among which a pattern, of a card's number say, finds something sooner or later. */
const OWN_KEYS: ReadonlySet<string> = new Set([
  'timestamp',
  'uid',
  'trace_id',
  'span_id',
  'parent_span_id',
  'start',
  'duration_ms',
  'time',
  'log.record.uid',
  'clew.duration_ms',
])

function withoutOwn(captured: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(captured).filter(([key]) => !OWN_KEYS.has(key)))
}

function viewsOf({ otlp, line: _line, ...keys }: CapturedRecord): object[] {
  const { body, attributes, eventName, severityText, scope } = otlp
  return [withoutOwn(keys), { otlp: { body, attributes: withoutOwn(attributes), eventName, severityText, scope } }]
}

function told(span: CapturedSpan): object {
  return { ...withoutOwn(span), events: span.events.map(withoutOwn), links: span.links.map(withoutOwn) }
}

function seen(place: string, values: readonly object[]): Seen {
  return { place, views: values.map((value) => [...valuesOf(value)]) }
}

/** What is found in the first view in which there is anything. */
function firstFound(views: Seen['views'], test: SecretTest): readonly FoundValue[] {
  return views.map((values) => values.filter(test)).find((found) => found.length > 0) ?? []
}

function step(key: string): string {
  if (/^\d+$/.test(key)) return `[${key}]`
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}
