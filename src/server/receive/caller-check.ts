import { allowedHostNames, isAllowedHost, isAllowedOrigin } from '../allowed-host.ts'
import { RequestError } from './request-error.ts'

/**
 * Lets in who calls this server by a name of this machine, and of web pages those that it serves.
 * @throws {RequestError} 403
 */
export function checkCaller(
  host: string | undefined,
  origin: string | undefined,
  allowedHosts: readonly string[],
): void {
  const allowed = allowedHostNames(allowedHosts)
  if (!isAllowedHost(host, allowedHosts)) {
    throw new RequestError(403, `host: found ${host ?? 'none'}, allowed: ${allowed}`)
  }
  if (origin !== undefined && !isAllowedOrigin(origin, allowedHosts)) {
    throw new RequestError(403, `origin: found ${origin}, allowed: pages served from ${allowed}`)
  }
}
