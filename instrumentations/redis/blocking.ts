/** Commands that wait by design: long is not slow. */
const BLOCKING = new Set([
  'BLMOVE',
  'BLMPOP',
  'BLPOP',
  'BRPOP',
  'BRPOPLPUSH',
  'BZMPOP',
  'BZPOPMAX',
  'BZPOPMIN',
  'MONITOR',
  'PSUBSCRIBE',
  'SSUBSCRIBE',
  'SUBSCRIBE',
  'WAIT',
  'WAITAOF',
])

/** Whether a command may wait for something to happen. */
export function isBlocking(name: string, args: readonly unknown[]): boolean {
  if (BLOCKING.has(name)) return true
  return (
    (name === 'XREAD' || name === 'XREADGROUP') &&
    args.some((arg) => typeof arg === 'string' && arg.toUpperCase() === 'BLOCK')
  )
}
