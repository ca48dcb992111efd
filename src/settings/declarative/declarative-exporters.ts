import { isHeader } from '../header.ts'
import type { OtlpSignalOptions } from '../options.ts'
import type { Signal } from '../otlp-environment.ts'
import { parseHeaders } from '../parse-variable.ts'
import { COMPRESSIONS, ENDPOINT_ALLOWED, HEADERS_ALLOWED, isEndpoint } from '../schema.ts'
import { UnusableValue } from '../settings-error.ts'
import { shownValue, UNSHOWN } from '../shown-value.ts'
import { definedOnly } from './defined-only.ts'
import type { Section } from './section.ts'

/** How one signal is sent by OTLP. */
export interface DeclarativeOtlp {
  readonly values: OtlpSignalOptions
  /** Where in the file an option is. */
  readonly place: (option: string) => string
  /** The processor or reader of the exporter. */
  readonly part: Section
}

/** Where one signal goes. */
export interface DeclarativeExports {
  readonly otlp: DeclarativeOtlp | undefined
  /** What is beside the exporter to the console: a processor, or a reader; undefined where there is none. */
  readonly console: Section | undefined
}

/** Hears of a value that can't be used. */
export type Refuse = (place: string, error: UnusableValue) => void

/** The first OTLP exporter and the first to the console; further ones stay unasked for. */
export function declarativeExports(parts: readonly Section[], signal: Signal, refuse: Refuse): DeclarativeExports {
  let otlp: DeclarativeOtlp | undefined
  let console: Section | undefined
  for (const part of parts) {
    const exporter = part.section('exporter')
    if (console === undefined && exporter?.section('console') !== undefined) console = part
    if (otlp !== undefined) continue
    const http = exporter?.section('otlp_http')
    const sender = http ?? exporter?.section('otlp_grpc')
    if (sender !== undefined) otlp = { ...otlpOf(sender, http === undefined ? undefined : signal, refuse), part }
  }
  return { otlp, console }
}

/** The keys of clew's options in the file. */
const KEYS: Readonly<Record<string, string>> = {
  protocol: 'encoding',
  timeoutMillis: 'timeout',
  certificate: 'tls.ca_file',
  clientKey: 'tls.key_file',
  clientCertificate: 'tls.cert_file',
  insecure: 'tls.insecure',
}

/** @param signal what is sent by HTTP; undefined for gRPC */
function otlpOf(sender: Section, signal: Signal | undefined, refuse: Refuse): Omit<DeclarativeOtlp, 'part'> {
  const tls = sender.section('tls')
  // Metrics: what clew does anyway.
  sender.accept('temporality_preference', 'cumulative')
  sender.accept('default_histogram_aggregation', 'explicit_bucket_histogram')
  const values = definedOnly<OtlpSignalOptions>({
    endpoint: usable(sender, 'endpoint', endpointOf, refuse) ?? defaultEndpoint(signal),
    protocol: signal === undefined ? 'grpc' : sender.value('encoding') === 'json' ? 'http/json' : 'http/protobuf',
    headers: headersOf(sender, refuse),
    compression: usable(sender, 'compression', compressionOf, refuse) ?? 'none',
    timeoutMillis: sender.value<number>('timeout') ?? 10_000,
    certificate: tls?.value<string>('ca_file'),
    clientKey: tls?.value<string>('key_file'),
    clientCertificate: tls?.value<string>('cert_file'),
    insecure: tls?.value<boolean>('insecure'),
  })
  return { values, place: (option) => sender.placeOf(KEYS[option] ?? option) }
}

/** @see https://github.com/open-telemetry/opentelemetry-configuration/blob/main/schema/common.yaml */
function defaultEndpoint(signal: Signal | undefined): string {
  return signal === undefined ? 'http://localhost:4317' : `http://localhost:4318/v1/${signal}`
}

function usable<T>(sender: Section, key: string, use: (text: string) => T, refuse: Refuse): T | undefined {
  const text = sender.value<string>(key)
  try {
    return text === undefined ? undefined : use(text)
  } catch (error) {
    if (!(error instanceof UnusableValue)) throw error
    refuse(sender.placeOf(key), error)
    return undefined
  }
}

function endpointOf(text: string): string {
  if (!isEndpoint(text)) throw new UnusableValue(shownValue(text), ENDPOINT_ALLOWED)
  return text
}

function compressionOf(text: string): (typeof COMPRESSIONS)[number] {
  const compression = COMPRESSIONS.find((one) => one === text)
  if (compression === undefined) throw new UnusableValue(shownValue(text), COMPRESSIONS.join(', '))
  return compression
}

function headersOf(sender: Section, refuse: Refuse): Record<string, string> {
  const list = usable(sender, 'headers_list', headersIn, refuse)
  const own = sender.sections('headers').flatMap((header) => {
    const [name = '', value] = [header.value<string>('name'), header.value<string>('value')]
    if (value === undefined) return []
    if (isHeader(name, value)) return [[name, value] as const]
    refuse(header.path, new UnusableValue(UNSHOWN, 'a header that can be sent: no control characters'))
    return []
  })
  return { ...list, ...Object.fromEntries(own) }
}

function headersIn(text: string): Record<string, string> {
  const headers = parseHeaders(text)
  if (headers === undefined) throw new UnusableValue(UNSHOWN, HEADERS_ALLOWED)
  return headers
}
