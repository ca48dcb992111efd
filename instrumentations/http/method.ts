const KNOWN = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'CONNECT', 'TRACE', 'QUERY'])

/** What attributes carry for a method that the conventions do not name. */
export const OTHER_METHOD = '_OTHER'

/** The method as attributes carry it: of a fixed set, so that no client can invent values. */
export function knownMethod(method: string | undefined): string {
  return method !== undefined && KNOWN.has(method) ? method : OTHER_METHOD
}

/** A span's name: the method, and the route when it is known. */
export function spanName(method: string, route?: string): string {
  const verb = method === OTHER_METHOD ? 'HTTP' : method
  return route === undefined ? verb : `${verb} ${route}`
}
