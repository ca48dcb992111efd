const CODE = /^([A-Z][A-Z0-9_]{2,39})(?:\s|$)/
const ARGUMENTS = /,? with args beginning with:[^\n]*/g

/** Replies by which a client is led on its way: it answers them itself. */
const EXPECTED = new Set(['NOSCRIPT', 'MOVED', 'ASK'])

/** The code of an error reply, such as `WRONGTYPE`; undefined for errors of the client or the network. */
export function replyCode(error: unknown): string | undefined {
  const message = (error as { message?: unknown } | null)?.message
  return typeof message === 'string' ? CODE.exec(message)?.[1] : undefined
}

/** Whether the error belongs to normal work: a redirection, a script to be loaded, a transaction that lost its race. */
export function isExpected(error: unknown): boolean {
  const name = (error as { name?: unknown; constructor?: { name?: unknown } } | null)?.constructor?.name
  return name === 'WatchError' || EXPECTED.has(replyCode(error) ?? '')
}

/** The error as it may be told: some replies repeat the arguments. */
export function withoutArguments(error: unknown): unknown {
  if (!(error instanceof Error) || !error.message.includes('with args beginning with:')) return error
  const clean = new Error(error.message.replace(ARGUMENTS, ''))
  clean.name = error.name === 'Error' ? error.constructor.name : error.name
  if (error.stack !== undefined) clean.stack = error.stack.replace(ARGUMENTS, '')
  return clean
}
