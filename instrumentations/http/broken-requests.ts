import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { ROOT_NODE } from '../../src/context/index.ts'
import { plainAddress } from '../../src/network/index.ts'
import * as keys from './attributes.ts'
import { emitRecord } from './http-record.ts'
import { serverRequestOf } from './request-mark.ts'

/** Of each kind, one record in so many milliseconds. */
const QUIET_MILLIS = 60_000
const TIMEOUT = 'ERR_HTTP_REQUEST_TIMEOUT'
/** What Node answers where nobody listens for `clientError`; 400 to all others. */
const STATUS: ReadonlyMap<string, number> = new Map([
  ['HPE_HEADER_OVERFLOW', 431],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 413],
  [TIMEOUT, 408],
])

interface Kind {
  /** Since the last record. */
  count: number
  quietUntil: number
}

/** Tells of what came in and was no HTTP, or did not come to an end in time. Whoever sends such things can send many: so once a minute for each kind, with their number. */
export class BrokenRequests {
  /** By the parser's codes, of which there are some forty. */
  readonly #kinds = new Map<string, Kind>()

  /** @param socket the connection, which Node is about to close */
  tell(error: unknown, socket: object): void {
    const code = (error as { code?: unknown } | null)?.code
    if (typeof code !== 'string' || !(code.startsWith('HPE_') || code === TIMEOUT)) return
    const answering = (socket as { readonly _httpMessage?: ServerResponse | null })._httpMessage
    if (answering != null) serverRequestOf(answering)?.breakBy(code)
    else this.#record(code, socket as Socket)
  }

  #record(code: string, { remoteAddress }: Socket): void {
    const kind = this.#kinds.get(code) ?? { count: 0, quietUntil: 0 }
    this.#kinds.set(code, kind)
    kind.count++
    const now = performance.now()
    if (now < kind.quietUntil) return
    kind.quietUntil = now + QUIET_MILLIS
    const fields = {
      [keys.ERROR_TYPE]: code,
      [keys.STATUS_CODE]: STATUS.get(code) ?? 400,
      [keys.CLIENT_ADDRESS]: remoteAddress === undefined ? undefined : plainAddress(remoteAddress),
      [keys.COUNT]: kind.count,
    }
    kind.count = 0
    // Connections that browsers open ahead of need end like this.
    const level = code === TIMEOUT ? 'INFO' : 'WARNING'
    const message = code === TIMEOUT ? 'request not received in time' : 'malformed request'
    emitRecord({ level, message, event: keys.BROKEN_REQUEST, fields, context: ROOT_NODE })
  }
}
