import { ProtobufReader } from './protobuf-reader.ts'

/** The fields of a message that hold messages: field number -> name, shape, repeated or not. */
interface MessageShape {
  readonly [fieldNumber: number]: readonly [name: string, shape: () => MessageShape, repeated?: 'repeated']
}

const leaf: MessageShape = {}
const list: MessageShape = { 1: ['values', () => value, 'repeated'] }
const value: MessageShape = { 5: ['arrayValue', () => list], 6: ['kvlistValue', () => list] }
const keyValue: MessageShape = { 2: ['value', () => value] }
const resource: MessageShape = { 1: ['attributes', () => keyValue, 'repeated'] }
const scope: MessageShape = { 3: ['attributes', () => keyValue, 'repeated'] }
const logRecord: MessageShape = { 5: ['body', () => value], 6: ['attributes', () => keyValue, 'repeated'] }
const span: MessageShape = {
  9: ['attributes', () => keyValue, 'repeated'],
  11: ['events', () => ({ 3: ['attributes', () => keyValue, 'repeated'] }), 'repeated'],
  13: ['links', () => ({ 4: ['attributes', () => keyValue, 'repeated'] }), 'repeated'],
  15: ['status', () => leaf],
}

function request(outerName: string, innerName: string, itemsName: string, item: MessageShape): MessageShape {
  const inner: MessageShape = { 1: ['scope', () => scope], 2: [itemsName, () => item, 'repeated'] }
  const outer: MessageShape = { 1: ['resource', () => resource], 2: [innerName, () => inner, 'repeated'] }
  return { 1: [outerName, () => outer, 'repeated'] }
}

const SHAPES = {
  logs: request('resourceLogs', 'scopeLogs', 'logRecords', logRecord),
  traces: request('resourceSpans', 'scopeSpans', 'spans', span),
  metrics: request('resourceMetrics', 'scopeMetrics', 'metrics', leaf),
}

/** The signals that OTLP carries. */
export type Signal = keyof typeof SHAPES

/**
 * The name of the field that holds the byte at `offset`, such as `resourceLogs[0].scopeLogs[0].logRecords[3]`; empty for
 * the request itself. Walks the bytes again, so that decoding need not keep track.
 */
export function fieldPathAt(signal: Signal, bytes: Uint8Array, offset: number): string {
  const reader = new ProtobufReader(bytes)
  const path: string[] = []
  let shape: MessageShape | undefined = SHAPES[signal]
  while (shape !== undefined) shape = descend(reader, shape, offset, path)
  return path.join('.')
}

function descend(
  reader: ProtobufReader,
  shape: MessageShape,
  offset: number,
  path: string[],
): MessageShape | undefined {
  const seen = new Map<number, number>()
  try {
    while (reader.position < reader.limit) {
      const tag = reader.readTag()
      const field = (tag & 7) === 2 ? shape[tag >>> 3] : undefined
      if (field === undefined) {
        reader.skip(tag)
        continue
      }
      const outer = reader.enter()
      const index = seen.get(tag) ?? 0
      seen.set(tag, index + 1)
      if (offset < reader.limit) {
        path.push(field[2] === 'repeated' ? `${field[0]}[${index}]` : field[0])
        return field[1]()
      }
      reader.position = reader.limit
      reader.leave(outer)
    }
  } catch {
    // The walk met the very bytes that decoding stopped at: the path ends here.
  }
  return undefined
}
