import { placeOf, probeEndpoint, type EndpointSettings, type ProbeResult } from '../../delivery/probe.ts'
import type { OtlpSettings } from '../../settings/index.ts'
import { clockFinding } from './clock-check.ts'
import { failure, ok, warning, type Check, type Finding } from './finding.ts'

type Signal = keyof OtlpSettings['endpoints']

/** How much sooner than its own limit a check gives up an exchange, so that what it says is the exchange's failure. */
const HEAD_START_MILLIS = 500

/** Sends each signal's endpoint an empty export request, by the transport that telemetry takes, and looks at the answer. */
export function endpointChecks({ endpoints, proxy, spoolDirectory }: OtlpSettings, timeoutMillis: number): Check[] {
  const isAsked = spoolDirectory !== undefined
  return Object.entries(endpoints).map(([signal, given]) => ({
    subject: signal,
    async run() {
      const limit = Math.max(1, timeoutMillis - HEAD_START_MILLIS)
      const endpoint = { ...given, timeoutMillis: Math.min(given.timeoutMillis || limit, limit) }
      const probe = await probeEndpoint(signal as Signal, endpoint, proxy)
      return [endpointFinding(signal, endpoint, probe, isAsked), ...clockFinding(signal, probe.answer)]
    },
  }))
}

function endpointFinding(signal: string, endpoint: EndpointSettings, probe: ProbeResult, isAsked: boolean): Finding {
  const { result, answer } = probe
  const how = [endpoint.protocol, endpoint.compression === 'none' ? [] : endpoint.compression].flat().join(', ')
  const place = placeOf(endpoint.url)
  if (result.kind === 'delivered') {
    const type = answer?.headers['content-type']
    if (answer === undefined || answer.content.length === 0 || isOtlp(type))
      return ok(signal, `${place} takes OTLP (${how})`)
    return failure(
      signal,
      `${place} answers HTTP ${answer.status} with ${type ?? 'an unknown type'}, which is not OTLP`,
      WHERE,
    )
  }
  if (result.kind === 'refused')
    return warning(signal, `${result.message}: an empty request was refused`, 'others may pass')
  if (result.cure !== undefined) return failure(signal, result.message, result.cure)
  if (!isAsked && /ECONNREFUSED|No connection/.test(result.message))
    return warning(signal, `nothing listens at ${place}, where telemetry goes in development`, 'npx clew up')
  return failure(signal, result.message, cureOf(result.message))
}

function isOtlp(type: string | undefined): boolean {
  return type !== undefined && /protobuf|json/.test(type)
}

const WHERE = 'is the address right, with its path?'

const CURES: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, 'nothing listens there: start the collector (or npx clew up), and look at the port'],
  [/ENOTFOUND|EAI_AGAIN|Name resolution failed/, 'there is no host of this name: look at the endpoint, and at DNS'],
  [/EHOSTUNREACH|ENETUNREACH/, 'there is no way to that host: look at the network'],
  [
    /no answer within|DEADLINE|ETIMEDOUT/i,
    'something accepts, or drops, what is sent and does not answer: look at the address, and at firewalls',
  ],
  [/closed without an answer|ECONNRESET|EPIPE/, 'what listens there hangs up: does it speak HTTP, and without TLS?'],
  [
    /No connection established|UNAVAILABLE/,
    'nothing listens there, or no gRPC: start the collector, and look at the port (4317 is usual)',
  ],
  [/HTTP (429|503)/, 'the receiver has too much to do, or is starting: try again'],
  [/HTTP 5/, 'the receiver fails: look at its log'],
]

function cureOf(message: string): string | undefined {
  return CURES.find(([pattern]) => pattern.test(message))?.[1]
}
