import type { CapturedSpan } from './captured-span.ts'
import { matches, own, shownFields, type ExpectedFields } from './field-match.ts'
import { asCaptured, type MatcherContext, type MatcherResult } from './matcher.ts'
import { describeAll, describeNearest, type Candidate } from './nearest.ts'

/** What is expected of a span, beside its name: any of its fields, or of its attributes by their names. What is not named may be anything. */
export interface ExpectedSpan extends ExpectedFields {
  readonly kind?: CapturedSpan['kind']
  readonly status?: CapturedSpan['status']
  /** The name of the span it is a child of; undefined for none. */
  readonly parent?: string | RegExp | undefined
}

/** Whether a span of this name ended. */
export function toHaveSpan(
  this: MatcherContext,
  received: unknown,
  name: string | RegExp,
  expected: ExpectedSpan = {},
): MatcherResult {
  const wanted = { name, ...expected }
  const { spans } = asCaptured(received)
  const candidates = spans.map((span, index): Candidate => {
    const differences = Object.entries(wanted).flatMap(([key, expected]) => {
      const found = fieldOf(span, key, spans)
      return matches(found, expected, this) ? [] : [{ key, expected, found }]
    })
    return { place: `spans[${index}]`, line: lineOf(span), title: span.name, differences }
  })
  const found = candidates.filter(({ differences }) => differences.length === 0)
  return {
    pass: found.length > 0,
    message: () =>
      found.length > 0
        ? `expected no span with ${shownFields(wanted)}; found ${found.length}:\n${describeAll(found).join('\n')}`
        : `expected a span with ${shownFields(wanted)}\n${describeNearest(candidates, name)}`,
  }
}

function fieldOf(span: CapturedSpan, key: string, spans: readonly CapturedSpan[]): unknown {
  if (key !== 'parent') return own(span as unknown as ExpectedFields, key) ?? own(span.attributes, key)
  if (span.parent_span_id === undefined) return undefined
  const parent = spans.find(({ span_id, trace_id }) => span_id === span.parent_span_id && trace_id === span.trace_id)
  return parent?.name ?? `a span that was not captured (${span.parent_span_id})`
}

function lineOf({ name, kind, status, scope, duration_ms }: CapturedSpan): string {
  return `${name} (${kind}, ${status}, ${scope}, ${duration_ms} ms)`
}
