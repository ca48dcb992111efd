/** A host and its port, as a `Host` header or a URL's authority tells them. */
export interface Host {
  readonly address: string
  readonly port: number | undefined
}

let lastText = ''
let lastHost: Host = { address: '', port: undefined }

/** Takes `name`, `name:port` or `[v6]:port` apart; remembers the last one, since a process hears the same name over and over. */
export function parseHost(text: string): Host {
  if (text !== lastText) {
    const bracket = text.lastIndexOf(']')
    const colon = text.indexOf(':', bracket === -1 ? 0 : bracket)
    const address = (colon === -1 ? text : text.slice(0, colon)).replace(/^\[|\]$/g, '')
    const port = colon === -1 ? Number.NaN : Number(text.slice(colon + 1))
    lastHost = { address, port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined }
    lastText = text
  }
  return lastHost
}

/** The same of a URL's authority, in which a missing port is the scheme's. */
export function parseAuthority(text: string, scheme: string): Host {
  const { address, port = defaultPort(scheme) } = parseHost(text)
  return { address, port }
}

/** The port that a URL of this scheme means when it names none. */
export function defaultPort(scheme: string): number {
  return scheme === 'https' ? 443 : 80
}
