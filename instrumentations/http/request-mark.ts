import type { ServerRequest } from './server-request.ts'

/** On a request and on its response: one property serves to find the request again, and to see each only once. */
export const REQUEST = Symbol.for('clew.http.request')

/** On the messages of a request that is left out. */
export const IGNORED = Symbol.for('clew.http.ignored')

/** What may carry a request. */
export interface Marked {
  [REQUEST]?: ServerRequest
  [IGNORED]?: true
}

/**
 * The request that Node's request or response object belongs to, also when it is asked of an object that inherits from one.
 * For who knows more of it than Node: a framework's route, the error that it answered. Undefined for one that is left out.
 */
export function serverRequestOf(message: object): ServerRequest | undefined {
  return (message as Marked)[REQUEST]
}
