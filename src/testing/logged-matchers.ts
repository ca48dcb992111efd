import { levelName, parseLevel } from '../logging/index.ts'
import { canonicalKey } from '../otlp/index.ts'
import type { LevelOption } from '../settings/index.ts'
import type { CapturedRecord } from './captured-record.ts'
import { matches, own, shownFields, type ExpectedFields } from './field-match.ts'
import { asCaptured, type MatcherContext, type MatcherResult } from './matcher.ts'
import { describeAll, describeNearest, type Candidate, type Difference } from './nearest.ts'

/** What is expected of a record: any of its fields, by the keys of JSON lines or the names of OpenTelemetry. Fields that are not named may be anything. */
export interface ExpectedRecord extends ExpectedFields {
  /** In any spelling that clew takes. */
  readonly level?: LevelOption
  /** The whole message, or a pattern in it. */
  readonly message?: string | RegExp
  readonly component?: string | RegExp
}

/** A record, or its message only. */
export type Expected = ExpectedRecord | string | RegExp

/** Whether a record like this was said. */
export function toHaveLogged(this: MatcherContext, received: unknown, expected: Expected): MatcherResult {
  const { found, candidates, wanted } = search(this, received, expected)
  return {
    pass: found.length > 0,
    message: () =>
      found.length > 0
        ? `expected no record with ${shownFields(wanted)}; found ${found.length}:\n${describeAll(found).join('\n')}`
        : `expected a record with ${shownFields(wanted)}\n${describeNearest(candidates, wanted.message)}`,
  }
}

/** Whether so many records like this were said. */
export function toHaveLoggedTimes(
  this: MatcherContext,
  received: unknown,
  expected: Expected,
  times: number,
): MatcherResult {
  const { found, candidates, wanted } = search(this, received, expected)
  const pass = found.length === times
  return {
    pass,
    message: () => {
      const head = `expected ${pass ? 'not ' : ''}${times} records with ${shownFields(wanted)}`
      if (found.length === 0) return `${head}; found none\n${describeNearest(candidates, wanted.message)}`
      return `${head}; found ${found.length}:\n${describeAll(found).join('\n')}`
    },
  }
}

function search(context: MatcherContext, received: unknown, expected: Expected) {
  const wanted: ExpectedRecord =
    typeof expected === 'string' || expected instanceof RegExp ? { message: expected } : expected
  const candidates = asCaptured(received).records.map((record, index): Candidate => {
    const differences = differencesOf(record, wanted, context)
    return { place: `records[${index}]`, line: firstLine(record.line), title: record.message, differences }
  })
  return { wanted, candidates, found: candidates.filter(({ differences }) => differences.length === 0) }
}

function differencesOf(record: CapturedRecord, wanted: ExpectedRecord, context: MatcherContext): Difference[] {
  return Object.entries(wanted).flatMap(([key, expected]) => {
    const found = fieldOf(record, key)
    const level = key === 'level' && typeof expected === 'string' ? parseLevel(expected) : undefined
    const same =
      level === undefined
        ? matches(found, expected, context)
        : levelName(level) === levelName(record.otlp.severityNumber)
    return same ? [] : [{ key, expected, found }]
  })
}

function fieldOf(record: CapturedRecord, key: string): unknown {
  const { metadata, otlp } = record
  return own(record as unknown as ExpectedFields, key) ?? own(metadata, key) ?? own(otlp.attributes, canonicalKey(key))
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] as string
}
