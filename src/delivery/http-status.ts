import { connectionCure } from './connection-cure.ts'
import type { HttpAnswer } from './http-exchange.ts'
import { partialSuccess, statusMessage } from './partial-success.ts'
import { placeOf } from './place.ts'
import { quoted } from './quoted.ts'
import { misconfigured, type EndpointSettings, type SendResult } from './transport.ts'

/** What these say is about the data: nothing but other data could change it, and a part of it might pass. */
const REFUSED = new Set([400, 413, 422])
const RETRYABLE = new Set([408, 425, 429])
/** About the server, for now: all from here on but these. */
const SERVER_ERRORS = 500
const NEVER = new Set([501, 505])

/**
 * What an answer means for what was sent. Only what speaks of the data throws data away: a wrong token or path is put right within minutes, and what waits in the spool goes out then.
 * @see https://opentelemetry.io/docs/specs/otlp/#failures-1
 */
export function resultOf(answer: HttpAnswer, endpoint: EndpointSettings, place: string): SendResult {
  const { status, headers, content } = answer
  const type = headers['content-type']
  if (status >= 200 && status < 300 && type?.startsWith('text/html') !== true) {
    const { rejected, message } = partialSuccess(content, type)
    return { kind: 'delivered', rejected, message: quoted(message, endpoint.headers) }
  }
  const reason = quoted(statusMessage(content, type), endpoint.headers)
  const message = `HTTP ${status} at ${place}${reason && `: ${reason}`}`
  if (REFUSED.has(status)) return { kind: 'refused', splittable: true, message }
  if (RETRYABLE.has(status) || (status >= SERVER_ERRORS && !NEVER.has(status)))
    return { kind: 'later', retryAfterMillis: retryAfter(headers['retry-after']), message }
  return misconfigured(message, cureOf(answer, endpoint))
}

function cureOf({ status, headers }: HttpAnswer, { protocol }: EndpointSettings): string {
  if (status >= 300 && status < 400) {
    const to = headers.location === undefined ? '' : ` (${placeOf(headers.location)})`
    return `redirects are not followed: set the endpoint to where it leads${to}`
  }
  if (status === 401 || status === 403)
    return "the receiver does not accept who sends: look at otlp.headers (and the client's certificate)"
  if (status === 407) return 'the proxy wants credentials: put them into the URL in HTTP_PROXY or HTTPS_PROXY'
  if (status === 415) return `the receiver does not take ${protocol}: set another otlp.protocol`
  return 'no OTLP receiver answers like that: is the address right, with its path?'
}

/** What it means that no answer came. */
export function failureOf(error: unknown, place: string): SendResult {
  const { code, message } = error as { code?: string; message?: string }
  const failure = code ?? message ?? String(error)
  const said = `${failure} at ${place}`
  const cure = connectionCure(failure)
  return cure === undefined ? { kind: 'later', retryAfterMillis: undefined, message: said } : misconfigured(said, cure)
}

/** Seconds or a date, as milliseconds from now; without a time to wait, none. */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const millis = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return millis > 0 ? Math.min(millis, 300_000) : undefined
}
