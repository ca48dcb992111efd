import type { TextMapSetter } from '@opentelemetry/api'
import { activeContext, isSuppressed } from '../../src/context/index.ts'
import { ChannelSubscriptions } from './channel-subscriptions.ts'
import { ClientCall, type ClientParts, type ClientTarget } from './client-call.ts'
import { parseAuthority } from './host.ts'

const CALL = Symbol.for('clew.http.call')

/** What undici, and with it `fetch`, publishes of a request. @see https://undici.nodejs.org/#/docs/api/DiagnosticsChannel */
interface UndiciRequest {
  readonly origin?: string | URL
  readonly method: string
  readonly path: string
  readonly upgrade?: unknown
  /** Names and values by turns. */
  readonly headers: unknown
  addHeader(name: string, value: string): unknown
  [CALL]?: ClientCall
}

interface UndiciResponse {
  readonly statusCode: number
  /** Names and values by turns, as bytes. */
  readonly headers: unknown
}

/** Hears of every request made through `fetch` or undici, whichever copy of it. */
export function watchUndiciClient(parts: ClientParts): ChannelSubscriptions {
  return new ChannelSubscriptions(
    {
      'undici:request:create': ({ request }: { request: UndiciRequest }) => begin(request, parts),
      'undici:request:headers': ({ request, response }: { request: UndiciRequest; response: UndiciResponse }) =>
        request[CALL]?.answered(response.statusCode, (name) => headersNamed(response.headers, name)),
      'undici:request:trailers': ({ request }: { request: UndiciRequest }) => request[CALL]?.end(),
      'undici:request:error': ({ request, error }: { request: UndiciRequest; error: unknown }) => {
        request[CALL]?.failed(error)
        request[CALL]?.end()
      },
    },
    parts.settings.onError,
  )
}

/** Upgrades and tunnels are left out: undici never tells how they end, and a WebSocket has a session of its own. */
function begin(request: UndiciRequest, parts: ClientParts): void {
  const caller = activeContext()
  if (request[CALL] !== undefined || isSuppressed(caller) || request.method === 'CONNECT' || isUpgrade(request.upgrade))
    return
  const call = new ClientCall(caller, targetOf(request), parts)
  request[CALL] = call
  call.propagate(request, HEADERS, (name) => indexOfHeader(request, name) !== -1)
  call.sending((name) => headersNamed(request.headers, name))
}

function isUpgrade(upgrade: unknown): boolean {
  return upgrade !== undefined && upgrade !== null && upgrade !== false
}

function targetOf({ method, origin, path }: UndiciRequest): ClientTarget {
  const text = String(origin ?? '')
  const end = text.indexOf('://')
  const authority = text.slice(end + 3).replace(/[/?#].*$/, '')
  const scheme = text.startsWith('https:') ? 'https' : 'http'
  return { method, scheme, host: parseAuthority(authority.slice(authority.lastIndexOf('@') + 1), scheme), target: path }
}

function indexOfHeader({ headers }: UndiciRequest, name: string): number {
  if (!Array.isArray(headers)) return -1
  for (let i = 0; i < headers.length; i += 2) if (String(headers[i]).toLowerCase() === name) return i
  return -1
}

/** The values of a header; undefined when it is not there. */
function headersNamed(headers: unknown, name: string): string[] | undefined {
  if (!Array.isArray(headers)) return undefined
  const values: string[] = []
  for (let i = 0; i + 1 < headers.length; i += 2)
    if (String(headers[i]).toLowerCase() === name) values.push(...[headers[i + 1] as unknown].flat().map(String))
  return values.length === 0 ? undefined : values
}

const HEADERS: TextMapSetter<UndiciRequest> = {
  set(request, name, value) {
    const at = indexOfHeader(request, name)
    if (at === -1) request.addHeader(name, value)
    else (request.headers as unknown[])[at + 1] = value
  },
}
