import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Fields } from '../../src/otlp/index.ts'
import { ATTRIBUTES } from './attributes.ts'
import type { WebSocketSettings } from './websocket-settings.ts'

/** An id that a client may choose: it goes into files and queries. */
const SAFE_ID = /^[A-Za-z0-9._:~-]{1,128}$/

/** What is known of a session from its upgrade request; rides on all its records and spans. */
export function sessionFields(request: IncomingMessage, settings: WebSocketSettings): Fields {
  const tenant = answer(settings.tenantId, request)
  return {
    [ATTRIBUTES.sessionId]: answer(settings.sessionId, request) ?? queryId(request.url) ?? randomUUID(),
    ...(tenant === undefined ? undefined : { [ATTRIBUTES.tenantId]: tenant }),
  }
}

function answer(
  ask: ((request: IncomingMessage) => string | undefined) | undefined,
  request: IncomingMessage,
): string | undefined {
  if (ask === undefined) return undefined
  try {
    const answered: unknown = ask(request)
    return typeof answered === 'string' && answered !== '' ? answered : undefined
  } catch {
    return undefined
  }
}

function queryId(url: string | undefined): string | undefined {
  const start = url?.indexOf('?') ?? -1
  if (url === undefined || start === -1) return undefined
  const query = new URLSearchParams(url.slice(start))
  return safeId(query.get('session_id')) ?? safeId(query.get('sessionId'))
}

function safeId(id: string | null | undefined): string | undefined {
  return id !== null && id !== undefined && SAFE_ID.test(id) ? id : undefined
}
