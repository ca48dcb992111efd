import type { ProtobufReader } from './protobuf-reader.ts'
import { readScopes } from './decode-scopes.ts'

/** The fields of `Metric` that hold data points: gauge, sum, histogram, exponential_histogram, summary. */
const DATA_TAGS = new Set([0x2a, 0x3a, 0x4a, 0x52, 0x5a])

/** Counts the data points of a metrics request. */
export function readDataPoints(reader: ProtobufReader): number {
  let points = 0
  readScopes(reader, () => {
    const outer = reader.enter()
    while (reader.position < reader.limit) {
      const tag = reader.readTag()
      if (DATA_TAGS.has(tag)) points += countPoints(reader)
      else reader.skip(tag)
    }
    reader.leave(outer)
  })
  return points
}

function countPoints(reader: ProtobufReader): number {
  const outer = reader.enter()
  let points = 0
  while (reader.position < reader.limit) {
    const tag = reader.readTag()
    if (tag === 0x0a) points++
    reader.skip(tag)
  }
  reader.leave(outer)
  return points
}
