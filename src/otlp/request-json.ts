import { ProtobufReader } from './protobuf-reader.ts'

/** Field number -> its name in JSON and its type: a scalar, or a message of this table; `[]` when repeated. */
type Declared = Readonly<Record<number, string>>

const POINT = { 2: 'startTimeUnixNano fixed64', 3: 'timeUnixNano fixed64' }
const POINTS = (type: string): Declared => ({ 1: `dataPoints ${type}[]`, 2: 'aggregationTemporality uint32' })
const REQUEST = (signal: string): Declared => ({ 1: `resource${signal} Resource${signal}[]` })
const RESOURCE = (signal: string): Declared => ({
  1: 'resource Resource',
  2: `scope${signal} Scope${signal}[]`,
  3: 'schemaUrl string',
})
const SCOPE = (items: string): Declared => ({ 1: 'scope Scope', 2: `${items}[]`, 3: 'schemaUrl string' })

/** @see https://github.com/open-telemetry/opentelemetry-proto/tree/main/opentelemetry/proto */
const MESSAGES: Readonly<Record<string, Declared>> = {
  logs: REQUEST('Logs'),
  traces: REQUEST('Spans'),
  metrics: REQUEST('Metrics'),
  ResourceLogs: RESOURCE('Logs'),
  ResourceSpans: RESOURCE('Spans'),
  ResourceMetrics: RESOURCE('Metrics'),
  ScopeLogs: SCOPE('logRecords LogRecord'),
  ScopeSpans: SCOPE('spans Span'),
  ScopeMetrics: SCOPE('metrics Metric'),
  Resource: { 1: 'attributes KeyValue[]', 2: 'droppedAttributesCount uint32' },
  Scope: { 1: 'name string', 2: 'version string', 3: 'attributes KeyValue[]', 4: 'droppedAttributesCount uint32' },
  KeyValue: { 1: 'key string', 2: 'value AnyValue' },
  AnyValue: {
    1: 'stringValue string',
    2: 'boolValue bool',
    3: 'intValue int64',
    4: 'doubleValue double',
    5: 'arrayValue ArrayValue',
    6: 'kvlistValue KeyValueList',
    7: 'bytesValue bytes',
  },
  ArrayValue: { 1: 'values AnyValue[]' },
  KeyValueList: { 1: 'values KeyValue[]' },
  LogRecord: {
    1: 'timeUnixNano fixed64',
    2: 'severityNumber uint32',
    3: 'severityText string',
    5: 'body AnyValue',
    6: 'attributes KeyValue[]',
    7: 'droppedAttributesCount uint32',
    8: 'flags fixed32',
    9: 'traceId id',
    10: 'spanId id',
    11: 'observedTimeUnixNano fixed64',
    12: 'eventName string',
  },
  Span: {
    1: 'traceId id',
    2: 'spanId id',
    3: 'traceState string',
    4: 'parentSpanId id',
    5: 'name string',
    6: 'kind uint32',
    7: 'startTimeUnixNano fixed64',
    8: 'endTimeUnixNano fixed64',
    9: 'attributes KeyValue[]',
    10: 'droppedAttributesCount uint32',
    11: 'events Event[]',
    12: 'droppedEventsCount uint32',
    13: 'links Link[]',
    14: 'droppedLinksCount uint32',
    15: 'status Status',
    16: 'flags fixed32',
  },
  Event: {
    1: 'timeUnixNano fixed64',
    2: 'name string',
    3: 'attributes KeyValue[]',
    4: 'droppedAttributesCount uint32',
  },
  Link: {
    1: 'traceId id',
    2: 'spanId id',
    3: 'traceState string',
    4: 'attributes KeyValue[]',
    5: 'droppedAttributesCount uint32',
    6: 'flags fixed32',
  },
  Status: { 2: 'message string', 3: 'code uint32' },
  Metric: {
    1: 'name string',
    2: 'description string',
    3: 'unit string',
    5: 'gauge Gauge',
    7: 'sum Sum',
    9: 'histogram Histogram',
    10: 'exponentialHistogram ExponentialHistogram',
    11: 'summary Summary',
    12: 'metadata KeyValue[]',
  },
  Gauge: POINTS('NumberPoint'),
  Sum: { ...POINTS('NumberPoint'), 3: 'isMonotonic bool' },
  Histogram: POINTS('HistogramPoint'),
  ExponentialHistogram: POINTS('ExponentialPoint'),
  Summary: POINTS('SummaryPoint'),
  NumberPoint: {
    ...POINT,
    4: 'asDouble double',
    5: 'exemplars Exemplar[]',
    6: 'asInt sfixed64',
    7: 'attributes KeyValue[]',
    8: 'flags uint32',
  },
  HistogramPoint: {
    ...POINT,
    4: 'count fixed64',
    5: 'sum double',
    6: 'bucketCounts fixed64[]',
    7: 'explicitBounds double[]',
    8: 'exemplars Exemplar[]',
    9: 'attributes KeyValue[]',
    10: 'flags uint32',
    11: 'min double',
    12: 'max double',
  },
  ExponentialPoint: {
    ...POINT,
    1: 'attributes KeyValue[]',
    4: 'count fixed64',
    5: 'sum double',
    6: 'scale sint32',
    7: 'zeroCount fixed64',
    8: 'positive Buckets',
    9: 'negative Buckets',
    10: 'flags uint32',
    11: 'exemplars Exemplar[]',
    12: 'min double',
    13: 'max double',
    14: 'zeroThreshold double',
  },
  Buckets: { 1: 'offset sint32', 2: 'bucketCounts uint64[]' },
  SummaryPoint: {
    ...POINT,
    4: 'count fixed64',
    5: 'sum double',
    6: 'quantileValues Quantile[]',
    7: 'attributes KeyValue[]',
    8: 'flags uint32',
  },
  Quantile: { 1: 'quantile double', 2: 'value double' },
  Exemplar: {
    2: 'timeUnixNano fixed64',
    3: 'asDouble double',
    4: 'spanId id',
    5: 'traceId id',
    6: 'asInt sfixed64',
    7: 'filteredAttributes KeyValue[]',
  },
}

type Read = (reader: ProtobufReader) => unknown
const VARINT = 0
const BITS_64 = 1
const LENGTH = 2
const BITS_32 = 5

/** Each scalar's wire type, and how it is read as what JSON says for it. */
const SCALARS: Readonly<Record<string, readonly [wireType: number, read: Read]>> = {
  string: [LENGTH, (reader) => reader.readString()],
  bytes: [LENGTH, (reader) => reader.readBytes('base64')],
  id: [LENGTH, (reader) => reader.readBytes('hex')],
  bool: [VARINT, (reader) => reader.readVarint32() !== 0],
  uint32: [VARINT, (reader) => reader.readVarint32()],
  sint32: [VARINT, (reader) => unfolded(reader.readVarint32())],
  int64: [VARINT, (reader) => String(reader.readInt64())],
  uint64: [VARINT, (reader) => (reader.readVarint64(), unsigned(reader).toString())],
  fixed32: [BITS_32, (reader) => reader.readFixed32()],
  fixed64: [BITS_64, (reader) => (reader.readFixed64(), unsigned(reader).toString())],
  sfixed64: [BITS_64, (reader) => (reader.readFixed64(), BigInt.asIntN(64, unsigned(reader)).toString())],
  double: [BITS_64, (reader) => jsonDouble(reader.readDouble())],
}

function unsigned(reader: ProtobufReader): bigint {
  return (BigInt(reader.high) << 32n) | BigInt(reader.low)
}

function unfolded(zigzag: number): number {
  return (zigzag >>> 1) ^ -(zigzag & 1)
}

/** What JSON has no number for becomes text, as the mapping says; so does -0, whose sign JSON.stringify drops. */
function jsonDouble(value: number): number | string {
  return Object.is(value, -0) ? '-0' : Number.isFinite(value) ? value : String(value)
}

interface Field {
  readonly name: string
  readonly repeated: boolean
  readonly wireType: number
  readonly read: Read
}

type Fields = ReadonlyMap<number, Field>

const FIELDS = new Map<string, Fields>(Object.entries(MESSAGES).map(([name, declared]) => [name, fields(declared)]))

function fields(declared: Declared): Fields {
  return new Map(Object.entries(declared).map(([number, text]) => [Number(number), field(text)]))
}

function field(text: string): Field {
  const [name = '', declaredType = ''] = text.split(' ')
  const type = declaredType.replace('[]', '')
  const [wireType, read] = SCALARS[type] ?? [LENGTH, (reader: ProtobufReader) => readMessage(reader, type)]
  return { name, repeated: type !== declaredType, wireType, read }
}

/** Reads a message, its length first. */
function readMessage(reader: ProtobufReader, type: string): object {
  const outer = reader.enter()
  const message = readFields(reader, FIELDS.get(type) as Fields)
  reader.leave(outer)
  return message
}

function readFields(reader: ProtobufReader, known: Fields): object {
  const message: Record<string, unknown> = {}
  while (reader.position < reader.limit) {
    const tag = reader.readTag()
    const declared = known.get(tag >>> 3)
    if (declared === undefined) reader.skip(tag)
    else if (declared.repeated) addItems(reader, tag, declared, (message[declared.name] ??= []) as unknown[])
    else if (declared.wireType === (tag & 7)) message[declared.name] = declared.read(reader)
    else reader.skip(tag)
  }
  return message
}

/** One item; or, since numbers are packed, all that a length holds. */
function addItems(reader: ProtobufReader, tag: number, { wireType, read }: Field, items: unknown[]): void {
  if (wireType === (tag & 7)) {
    items.push(read(reader))
  } else if ((tag & 7) === LENGTH) {
    const outer = reader.enter()
    while (reader.position < reader.limit) items.push(read(reader))
    reader.leave(outer)
  } else reader.skip(tag)
}

/**
 * An export request in OTLP's JSON encoding: what its protobuf form says, less fields that the protocol did not have when this was written.
 * @throws {ProtobufError} when the body is not such a request
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function requestJson(signal: 'logs' | 'traces' | 'metrics', body: Uint8Array): string {
  return JSON.stringify(readFields(new ProtobufReader(body), FIELDS.get(signal) as Fields))
}
