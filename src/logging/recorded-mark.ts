import { BoundFields } from '../otlp/index.ts'

const MARK = { 'clew.flight_recorder': true }
const ONLY_MARK = new BoundFields(MARK)
const marked = new WeakMap<BoundFields, BoundFields>()

/** The fields of a logger with the mark of what came out by the flight recorder: encoded once for many records. */
export function markedAsRecorded(bound: BoundFields | undefined): BoundFields {
  if (bound === undefined) return ONLY_MARK
  let both = marked.get(bound)
  if (both === undefined) marked.set(bound, (both = new BoundFields(MARK, bound)))
  return both
}
