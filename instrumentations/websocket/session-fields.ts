import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Fields } from '../../src/otlp/index.ts'
import { ATTRIBUTES } from './attributes.ts'
import { readSource } from './session-source.ts'
import type { AskRequest, SessionSource, WebSocketSettings } from './websocket-settings.ts'

/** An id that a client may choose: it goes into files and queries. */
const SAFE_ID = /^[A-Za-z0-9._:~-]{1,128}$/

/** What is known of a session from its upgrade request; rides on all its records and spans. */
export function sessionFields(request: IncomingMessage, settings: WebSocketSettings): Fields {
  const tenant = answer(settings.tenantId, request)
  return {
    [ATTRIBUTES.sessionId]: answer(settings.sessionId, request) ?? queryId(request) ?? randomUUID(),
    ...(tenant === undefined ? undefined : { [ATTRIBUTES.tenantId]: tenant }),
  }
}

/** What a function of the user's says is taken as it is; what a client wrote must be a safe id. */
function answer(asked: AskRequest | SessionSource | undefined, request: IncomingMessage): string | undefined {
  if (asked === undefined) return undefined
  if (typeof asked !== 'function') return safeId(readSource(asked, request))
  try {
    const answered: unknown = asked(request)
    return typeof answered === 'string' && answered !== '' ? answered : undefined
  } catch {
    return undefined
  }
}

function queryId(request: IncomingMessage): string | undefined {
  return safeId(readSource({ query: 'session_id' }, request)) ?? safeId(readSource({ query: 'sessionId' }, request))
}

function safeId(id: string | undefined): string | undefined {
  return id !== undefined && SAFE_ID.test(id) ? id : undefined
}
