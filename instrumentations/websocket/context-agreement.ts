import type { IncomingMessage } from 'node:http'
import { quietly } from './quietly.ts'
import type { WsSocket } from './ws.ts'

/**
 * How two ends agree on envelopes around messages: the client offers them by this header of its upgrade request, the server accepts by the same one of its answer, and the client confirms by a
 * pong that nobody asked for, which peers must ignore. Neither puts anything into a message before it knows that the other end, and not something between that hands headers on, takes it out.
 */
export const CONTEXT_HEADER = 'clew-message-context'
export const CONTEXT_VERSION = '1'
const CONFIRMATION = Buffer.from(`${CONTEXT_HEADER} ${CONTEXT_VERSION}`)

/** Whether the head of a request offers envelopes, or that of an answer accepts them. */
export function acceptsContext(message: unknown): boolean {
  return (message as IncomingMessage | null)?.headers[CONTEXT_HEADER] === CONTEXT_VERSION
}

/** Tells the server that its acceptance came through. */
export function confirmContext(socket: WsSocket): void {
  quietly(() => socket.pong(CONFIRMATION))
}

export function isConfirmation(payload: unknown): boolean {
  return Buffer.isBuffer(payload) && payload.equals(CONFIRMATION)
}
