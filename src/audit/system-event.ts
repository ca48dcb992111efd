import { pipeline, type LevelName } from '../logging/index.ts'
import type { Fields } from '../otlp/index.ts'
import { ownFields } from '../values/index.ts'
import { emitEvent, type SystemEvent } from './emit-event.ts'

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

const apiRequest = systemCall((entry: ApiRequestEntry) => {
  const { method, path, statusCode, durationMillis, ip, userId, details } = entry
  return {
    event: 'API_REQUEST',
    level: levelOf(statusCode),
    message: `${method} ${path} ${statusCode}`,
    fields: {
      ...ownFields(details),
      'http.request.method': method,
      'url.path': path,
      'http.response.status_code': statusCode,
      'clew.duration_ms': durationMillis,
      'client.address': ip,
      'user.id': userId,
    },
  }
})

const externalApiCall = systemCall((entry: ExternalApiCallEntry) => {
  const { service, endpoint, statusCode, durationMillis, error, details } = entry
  return {
    event: 'EXTERNAL_API_CALL',
    level: error === undefined ? levelOf(statusCode ?? 200) : 'ERROR',
    message: `${service} ${endpoint}${statusCode === undefined ? '' : ` ${statusCode}`}`,
    fields: {
      ...ownFields(details),
      'service.peer.name': service,
      'clew.endpoint': endpoint,
      'http.response.status_code': statusCode,
      'clew.duration_ms': durationMillis,
    },
    error,
  }
})

const maintenance = systemCall(({ message, level = 'INFO', details }: MaintenanceEntry) => {
  return { event: 'MAINTENANCE', level, message, fields: details }
})

/** A call that survives whatever it is given: what can't be read is noted. */
function systemCall<Entry extends object>(eventOf: (entry: Entry) => SystemEvent): (entry: Entry) => void {
  return (entry) => pipeline.guard(() => emitEvent(eventOf(ownFields(entry) as Entry)))
}

function levelOf(statusCode: number): LevelName {
  return statusCode >= 500 ? 'ERROR' : statusCode >= 400 ? 'WARNING' : 'INFO'
}

/** What happens to the service itself. Start, readiness and end are said by clew; these calls are for what it can't see. Never throw. */
export const system = Object.freeze({ apiRequest, externalApiCall, maintenance })
