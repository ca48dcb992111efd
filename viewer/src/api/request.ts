/** A query as the log API takes it; keys without a value are left out. */
export type Query = Readonly<Record<string, string | number | null | undefined>>

/** The server answered, but not with what was asked for. */
export class RefusedError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'RefusedError'
    this.status = status
  }
}

/** The server did not answer. */
export class UnreachableError extends Error {
  constructor(cause: unknown) {
    super('The server does not answer.', { cause })
    this.name = 'UnreachableError'
  }
}

/** The address of an API call, relative to the page, so that a mounted viewer finds its own server. */
export function apiAddress(path: string, query: Query = {}): string {
  const address = new URL(`api/v1/${path}`, document.baseURI)
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') address.searchParams.set(key, String(value))
  }
  address.hash = ''
  return address.href
}

/**
 * Asks the log API.
 * @throws {RefusedError} when the server says no, in the server's own words
 * @throws {UnreachableError} when there is no server
 */
export async function requestJson<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const response = await fetch(apiAddress(path, query), signal ? { signal } : {}).catch((error: unknown) => {
    if (signal?.aborted) throw error
    throw new UnreachableError(error)
  })
  if (!response.ok) throw new RefusedError(response.status, await refusal(response))
  return (await response.json()) as T
}

async function refusal(response: Response): Promise<string> {
  const body = (await response.json().catch(() => null)) as { error?: Record<string, unknown> } | null
  const error = body?.error
  if (!error) return `The server answered ${response.status} ${response.statusText}.`
  const { where, found, allowed } = error
  return `${String(where)}: found ${JSON.stringify(found)}, allowed is ${String(allowed)}.`
}
