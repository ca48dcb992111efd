import { readMetricPoints } from './metric-points.ts'
import type { ProtobufReader } from './protobuf-reader.ts'
import { readScopes } from './decode-scopes.ts'

/** Counts the data points of a metrics request. */
export function readDataPoints(reader: ProtobufReader): number {
  let points = 0
  readScopes(reader, () => {
    points += readMetricPoints(reader)
  })
  return points
}
