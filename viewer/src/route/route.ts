import { signal } from '@preact/signals'

export type PageName = 'logs' | 'traces' | 'trace' | 'sessions' | 'session'

/** The page of one thing, by the name in the address that its list has alone. */
const PAGE_OF_ONE = { traces: 'trace', sessions: 'session' } as const

/** Where the page is. The address after `#` is the only place this is kept: a link shows the same to anyone. */
export interface Route {
  readonly page: PageName
  /** The id of the trace, or of the session, on the page of one; else ''. */
  readonly id: string
  readonly params: URLSearchParams
}

/** Filters stay behind the `#` and so out of the access log of a server that mounts the viewer. */
export const route = signal(parseRoute(location.hash))

addEventListener('popstate', () => (route.value = parseRoute(location.hash)))
addEventListener('hashchange', () => (route.value = parseRoute(location.hash)))

/** Reads a route from the part of an address after `#`. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = splitOnce(hash.replace(/^#\/?/, ''), '?')
  const params = new URLSearchParams(query)
  const [name = '', id = ''] = path.split('/')
  const page = Object.hasOwn(PAGE_OF_ONE, name) ? PAGE_OF_ONE[name as keyof typeof PAGE_OF_ONE] : undefined
  if (page === undefined) return { page: 'logs', id: '', params }
  return id === '' ? { page: name as PageName, id, params } : { page, id: safeDecode(id), params }
}

/** The address of a page, for a link. */
export function addressOf(page: PageName, query: Iterable<[string, string]> = [], id = ''): string {
  const path = page === 'trace' || page === 'session' ? `${page}s/${encodeURIComponent(id)}` : page
  const params = new URLSearchParams([...query].filter(([, value]) => value !== ''))
  const text = params.toString()
  return `#/${path}${text === '' ? '' : `?${text}`}`
}

/** Goes to an address; `replace` leaves no step for the back button. */
export function goTo(address: string, replace = false): void {
  if (address === location.hash) return
  if (replace) history.replaceState(null, '', address)
  else history.pushState(null, '', address)
  route.value = parseRoute(address)
}

/** Changes parameters of the present page; `null` removes one. */
export function changeParams(changes: Readonly<Record<string, string | null>>, replace = false): void {
  const { page, id, params } = route.peek()
  const next = new URLSearchParams(params)
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === '') next.delete(key)
    else next.set(key, value)
  }
  goTo(addressOf(page, next, id), replace)
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
