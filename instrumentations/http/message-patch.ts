import type { IncomingMessage } from 'node:http'
import { runInContext, SUPPRESSED } from '../../src/context/index.ts'
import type { Emit } from './emit-patch.ts'
import { IGNORED, REQUEST, type Marked } from './request-mark.ts'
import type { ServerRequest } from './server-request.ts'

/**
 * What a connection tells of a message (data, end, close, drain) comes in the connection's context; here it is brought into the request's. What code within the request causes stays in
 * the context of that code.
 */
function emitWithin(request: ServerRequest, next: Emit, emitter: object, args: unknown[]): boolean {
  if (request.isRunning) return Reflect.apply(next, emitter, args)
  return runInContext(request.context, Reflect.apply, next, emitter, args)
}

/** A message of no request: one that is left out causes no telemetry here either. */
function emitWithout(next: Emit, emitter: object, args: unknown[]): boolean {
  if ((emitter as Marked)[IGNORED] !== true) return Reflect.apply(next, emitter, args)
  return runInContext(SUPPRESSED, Reflect.apply, next, emitter, args)
}

/** The `emit` of requests to this process, and of all others that are read. */
export function requestEmit(next: () => Emit): Emit {
  return function emit(...args) {
    const request = (this as Marked)[REQUEST]
    if (request === undefined) return emitWithout(next(), this, args)
    const heard = emitWithin(request, next(), this, args)
    // Where the connection broke, and no answer will hear of it.
    if (args[0] === 'close' && (this as IncomingMessage).errored != null && request.isWaiting) request.close()
    return heard
  }
}

/** The `emit` of answers. Their `close` is the end of the request; it is heard here, since a listener of ours would be one more to whoever counts them. */
export function responseEmit(next: () => Emit): Emit {
  return function emit(...args) {
    const request = (this as Marked)[REQUEST]
    if (request === undefined) return emitWithout(next(), this, args)
    if (args[0] === 'timeout') request.breakBy('timeout')
    if (args[0] !== 'close') return emitWithin(request, next(), this, args)
    try {
      return emitWithin(request, next(), this, args)
    } finally {
      request.close()
    }
  }
}
