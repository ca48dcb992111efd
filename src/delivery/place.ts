/** An address without what may be secret in it: user, password, query. */
export function placeOf(url: string): string {
  if (!/^https?:\/\//i.test(url)) return url.replace(/[?#].*/s, '')
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname}`
}
