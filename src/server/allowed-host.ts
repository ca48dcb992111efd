const LOCAL_NAMES = ['localhost', '127.0.0.1', '[::1]']

/**
 * Whether a request's `Host` names this machine. Another name means that a foreign web page had its name point here (DNS
 * rebinding) and would now read what is stored.
 */
export function isAllowedHost(host: string | undefined, allowedHosts: readonly string[]): boolean {
  const name = host?.replace(/:\d+$/, '').toLowerCase()
  return name !== undefined && (LOCAL_NAMES.includes(name) || allowedHosts.includes(name))
}

/** Whether an `Origin` is a page served from this machine. */
export function isAllowedOrigin(origin: string, allowedHosts: readonly string[]): boolean {
  const host = /^https?:\/\/([^/]+)$/.exec(origin)?.[1]
  return isAllowedHost(host, allowedHosts)
}

/** The names for an error's `allowed`. */
export function allowedHostNames(allowedHosts: readonly string[]): string {
  return [...LOCAL_NAMES, ...allowedHosts].join(', ')
}
