import { DEFAULT_OTLP, embeddedServer } from './defaults.ts'
import type { Layer } from './layers.ts'
import type { OtlpOptions, OtlpProtocol } from './options.ts'
import { SIGNALS, type ProxyVariables, type Signal } from './otlp-environment.ts'
import { OtlpSources, report, type MistakeLists } from './otlp-sources.ts'
import { isKeyOf, readPem } from './pem.ts'
import { isHttpUrl, URL_ALLOWED } from './schema.ts'
import { UnusableValue } from './settings-error.ts'
import { shownValue, UNSHOWN } from './shown-value.ts'

/** Where one signal goes, and how. Plain data: it crosses into the delivery thread. */
export interface OtlpEndpoint {
  /** With gRPC this may also be a target without `http:` or `https:`. */
  readonly url: string
  readonly protocol: OtlpProtocol
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly compression: 'gzip' | 'zstd' | 'none'
  /** 0 for no limit. */
  readonly timeoutMillis: number
  /** Whether gRPC to a target without a scheme goes without TLS. */
  readonly insecure: boolean
  readonly tls: TlsSettings
}

/** PEM texts. */
export interface TlsSettings {
  readonly certificate?: string
  readonly clientKey?: string
  readonly clientCertificate?: string
}

/** Where and how telemetry is sent. */
export interface OtlpSettings {
  /** A signal without an endpoint is not sent. */
  readonly endpoints: Readonly<Partial<Record<Signal, OtlpEndpoint>>>
  /** The variables of a proxy, when Node is told to go by them. */
  readonly proxy: ProxyVariables | undefined
  /** Where segments are kept; undefined when nothing is kept on disk (the embedded server's default address in development). */
  readonly spoolDirectory: string | undefined
}

/** What else decides where telemetry goes. */
export interface OtlpSurroundings {
  readonly development: boolean
  readonly spoolDirectory: string
  readonly proxy: ProxyVariables | undefined
}

/** The signals that are sent, if there is an endpoint for them. */
export function sentSignals(otlp: OtlpOptions | false | undefined): readonly Signal[] {
  return otlp === false ? [] : SIGNALS.filter((signal) => otlp?.[signal] !== false)
}

/** Where each of these signals goes: the earlier of the layers wins, in each the signal's own before the common; undefined when none is sent. */
export function resolveOtlp(
  signals: readonly Signal[],
  layers: readonly Layer[],
  surroundings: OtlpSurroundings,
  mistakes: MistakeLists,
): OtlpSettings | undefined {
  const endpoints: Partial<Record<Signal, OtlpEndpoint>> = {}
  let asked = false
  for (const signal of signals) {
    const sources = new OtlpSources(signal, layers, mistakes)
    const protocol = sources.first('protocol', (value) => value)?.value ?? DEFAULT_OTLP.protocol
    const url = findUrl(sources, protocol, signal)
    asked ||= url !== undefined
    if (url !== undefined || surroundings.development)
      endpoints[signal] = { url: url ?? defaultUrl(protocol, signal), protocol, ...transmission(sources, protocol) }
  }
  if (Object.keys(endpoints).length === 0) return undefined
  return { endpoints, proxy: surroundings.proxy, spoolDirectory: asked ? surroundings.spoolDirectory : undefined }
}

function findUrl(sources: OtlpSources, protocol: OtlpProtocol, signal: Signal): string | undefined {
  return sources.first('endpoint', (endpoint, { ofSignal }) => {
    if (protocol === 'grpc') return endpoint
    if (!isHttpUrl(endpoint)) throw new UnusableValue(`${shownValue(endpoint)} with ${protocol}`, URL_ALLOWED)
    return ofSignal ? endpoint : withPath(endpoint, signal)
  })?.value
}

function defaultUrl(protocol: OtlpProtocol, signal: Signal): string {
  return protocol === 'grpc' ? embeddedServer(protocol) : withPath(embeddedServer(protocol), signal)
}

function withPath(endpoint: string, signal: Signal): string {
  const url = new URL(endpoint)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/${signal}`
  return url.href
}

function transmission(sources: OtlpSources, protocol: OtlpProtocol): Omit<OtlpEndpoint, 'url' | 'protocol'> {
  const compression = sources.first('compression', (value) => {
    if (protocol === 'grpc' && value === 'zstd') throw new UnusableValue("'zstd' with grpc", 'gzip or none')
    return value
  })
  return {
    headers: mergedHeaders(sources, protocol),
    compression: compression?.value ?? DEFAULT_OTLP.compression,
    timeoutMillis: Math.ceil(sources.first('timeoutMillis', (value) => value)?.value ?? DEFAULT_OTLP.timeoutMillis),
    insecure: sources.first('insecure', (value) => value)?.value ?? DEFAULT_OTLP.insecure,
    tls: tlsOf(sources),
  }
}

/** The later in the list of sources, the weaker; names have no case. */
function mergedHeaders(sources: OtlpSources, protocol: OtlpProtocol): Record<string, string> {
  const lists = [...sources.each('headers', (headers) => usableHeaders(headers, protocol))]
  return Object.assign({}, ...lists.toReversed().map(({ value }) => value)) as Record<string, string>
}

function usableHeaders(headers: Readonly<Record<string, string>>, protocol: OtlpProtocol): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  if (protocol === 'grpc' && !entries.every(([name, value]) => /^[0-9a-z_.-]+$/.test(name) && /^[ -~]*$/.test(value)))
    throw new UnusableValue(UNSHOWN, 'with grpc: names of letters, digits and _ . -, values of printable ASCII')
  return Object.fromEntries(entries)
}

function tlsOf(sources: OtlpSources): TlsSettings {
  const certificate = sources.first('certificate', (given) => readPem(given, 'certificate'))?.value
  return { ...(certificate === undefined ? undefined : { certificate }), ...clientPair(sources) }
}

function clientPair(sources: OtlpSources): TlsSettings {
  const clientCertificate = sources.first('clientCertificate', (given) => readPem(given, 'certificate'))
  const clientKey = sources.first('clientKey', (given) => readPem(given, 'key'))
  const allowed = 'a client certificate and its key, both'
  if (clientCertificate !== undefined && clientKey !== undefined) {
    const pair = { clientCertificate: clientCertificate.value, clientKey: clientKey.value }
    if (isKeyOf(pair.clientCertificate, pair.clientKey)) return pair
    report(clientKey.source, 'clientKey', new UnusableValue('the key of another certificate', allowed))
  } else if (clientCertificate !== undefined)
    report(clientCertificate.source, 'clientCertificate', new UnusableValue('no key with it', allowed))
  else if (clientKey !== undefined)
    report(clientKey.source, 'clientKey', new UnusableValue('no certificate with it', allowed))
  return {}
}
