import type { LevelName } from '../../src/logging/index.ts'

/** The protocol allows 123 bytes. */
const MAX_REASON_LENGTH = 123

/** The reason of a close, as text. */
export function reasonText(reason: unknown): string {
  const text = Buffer.isBuffer(reason) ? reason.toString() : typeof reason === 'string' ? reason : ''
  return text.slice(0, MAX_REASON_LENGTH)
}

/** What Node and `ws` call an error. */
export function errorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : undefined
}

/** The peer's fault, or the network's. */
const FOREIGN_ERROR = /^(WS_ERR_|ECONNRESET$|EPIPE$|ETIMEDOUT$)/

/** A lost network (1006 without an error) is daily business of a server with phones; a close code that names a failure is not. */
export function closeLevel(code: number, error: unknown): LevelName {
  if (error !== undefined) return FOREIGN_ERROR.test(errorCode(error) ?? '') ? 'WARNING' : 'ERROR'
  return code === 1002 || code === 1003 || (code >= 1007 && code <= 1014) ? 'WARNING' : 'INFO'
}
