import { ProtobufReader } from './protobuf-reader.ts'

/** The fields of `Metric` that hold data points: gauge, sum, histogram, exponential_histogram, summary. */
const DATA_TAGS = new Set([0x2a, 0x3a, 0x4a, 0x52, 0x5a])

/** Counts the data points of an encoded metric, as `encodeMetric` writes it: with its tag and length. What can't be read counts as one. */
export function countMetricPoints(entry: Uint8Array): number {
  try {
    const reader = new ProtobufReader(entry)
    reader.readTag()
    return readMetricPoints(reader)
  } catch {
    return 1
  }
}

/** Counts the data points of the Metric whose length comes next, and passes it. */
export function readMetricPoints(reader: ProtobufReader): number {
  let points = 0
  const outer = reader.enter()
  while (reader.position < reader.limit) {
    const tag = reader.readTag()
    if (DATA_TAGS.has(tag)) points += countPoints(reader)
    else reader.skip(tag)
  }
  reader.leave(outer)
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
