import type { IncomingMessage, ServerResponse } from 'node:http'
import type { LevelName } from '../../src/logging/index.ts'
import { DEFAULT_SAFETY, errorDetails, errorType } from '../../src/values/index.ts'
import { routeOf } from './route.ts'

/** How a request to this process ended. */
export interface Outcome {
  /** Whether it ended before its answer was out. */
  readonly aborted: boolean
  /** Undefined when no answer had begun. */
  readonly status: number | undefined
  readonly route: string | undefined
  readonly errorType: string | undefined
  /** What the application failed at. */
  readonly error: unknown
}

/** What is known of a request when it is over, besides what Node tells. */
export interface Told {
  /** The path that was asked for. */
  readonly path: string
  readonly route: string | undefined
  readonly error: unknown
  /** Why the connection broke, if it did. */
  readonly brokenBy: string
}

/** How a request ended, of one that is over. An error counts where no answer went out, or one that says so: what was answered as the client's own mistake is none of ours. */
export function outcomeOf(request: IncomingMessage, response: ServerResponse, told: Told): Outcome {
  // An answer by HTTP/2 calls itself finished however its stream ended.
  const aborted = !response.writableFinished || (request.httpVersionMajor === 2 && request.aborted)
  const status = aborted && !response.headersSent ? undefined : response.statusCode
  const error = status === undefined || status >= 500 ? told.error : undefined
  return {
    aborted,
    status,
    route: told.route ?? routeOf(request, told.path),
    error,
    errorType:
      error === undefined ? typeWithout(told, status, aborted) : errorType(errorDetails(error, DEFAULT_SAFETY)),
  }
}

function typeWithout({ brokenBy }: Told, status: number | undefined, aborted: boolean): string | undefined {
  if (status !== undefined && status >= 500) return String(status)
  return aborted ? brokenBy : undefined
}

/** How severe it is. */
export function levelOf({ aborted, status, error }: Outcome, slow: boolean): LevelName {
  if (error !== undefined || (status !== undefined && status >= 500)) return 'ERROR'
  return slow || aborted || (status !== undefined && status >= 400) ? 'WARNING' : 'INFO'
}

/** What the closing record says. */
export function messageOf({ aborted, error }: Outcome, slow: boolean): string {
  if (aborted) return error === undefined ? 'request aborted' : 'request failed'
  return slow ? 'slow request completed' : 'request completed'
}
