import { emitEvent } from './emit-event.ts'
import type { LevelName } from '../logging/index.ts'
import type { Fields } from '../otlp/index.ts'

/** A request that was answered, told by hand where nothing sees it: an RPC, a queue. */
export interface ApiRequestEntry {
  readonly method: string
  readonly path: string
  readonly statusCode: number
  readonly durationMillis: number
  readonly ip?: string | undefined
  readonly userId?: string | undefined
  readonly details?: Fields | undefined
}

/** A call of a service outside, told by hand where nothing sees it. */
export interface ExternalApiCallEntry {
  /** Who was called: `payments`. */
  readonly service: string
  readonly endpoint: string
  readonly statusCode?: number | undefined
  readonly durationMillis: number
  readonly error?: unknown
  readonly details?: Fields | undefined
}

/** Planned work on the service. */
export interface MaintenanceEntry {
  readonly message: string
  readonly level?: LevelName | undefined
  readonly details?: Fields | undefined
}

function apiRequest({ method, path, statusCode, durationMillis, ip, userId, details }: ApiRequestEntry): void {
  emitEvent({
    event: 'API_REQUEST',
    level: levelOf(statusCode),
    message: `${method} ${path} ${statusCode}`,
    fields: {
      ...details,
      'http.request.method': method,
      'url.path': path,
      'http.response.status_code': statusCode,
      'clew.duration_ms': durationMillis,
      'client.address': ip,
      'user.id': userId,
    },
  })
}

function externalApiCall({
  service,
  endpoint,
  statusCode,
  durationMillis,
  error,
  details,
}: ExternalApiCallEntry): void {
  emitEvent({
    event: 'EXTERNAL_API_CALL',
    level: error === undefined ? levelOf(statusCode ?? 200) : 'ERROR',
    message: `${service} ${endpoint}${statusCode === undefined ? '' : ` ${statusCode}`}`,
    fields: {
      ...details,
      'service.peer.name': service,
      'clew.endpoint': endpoint,
      'http.response.status_code': statusCode,
      'clew.duration_ms': durationMillis,
    },
    error,
  })
}

function maintenance({ message, level = 'INFO', details }: MaintenanceEntry): void {
  emitEvent({ event: 'MAINTENANCE', level, message, fields: details })
}

function levelOf(statusCode: number): LevelName {
  return statusCode >= 500 ? 'ERROR' : statusCode >= 400 ? 'WARNING' : 'INFO'
}

/** What happens to the service itself. Start, readiness and end are said by clew; these calls are for what it can't see. Never throw. */
export const system = Object.freeze({ apiRequest, externalApiCall, maintenance })
