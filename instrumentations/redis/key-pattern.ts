/** Where a command's first key stands among its arguments, when that is not the first place; -1 when it has none. */
const KEY_PLACES: Readonly<Record<string, number>> = {
  ACL: -1,
  AUTH: -1,
  BITOP: 1,
  BLMPOP: 2,
  BZMPOP: 2,
  CLIENT: -1,
  CLUSTER: -1,
  COMMAND: -1,
  CONFIG: -1,
  ECHO: -1,
  EVAL: 2,
  EVALSHA: 2,
  EVALSHA_RO: 2,
  EVAL_RO: 2,
  EXEC: -1,
  FUNCTION: -1,
  HELLO: -1,
  INFO: -1,
  LMPOP: 1,
  MEMORY: 1,
  OBJECT: 1,
  PING: -1,
  PSUBSCRIBE: -1,
  PUBLISH: -1,
  PUBSUB: -1,
  SCAN: -1,
  SCRIPT: -1,
  SELECT: -1,
  SINTERCARD: 1,
  SPUBLISH: -1,
  SSUBSCRIBE: -1,
  SUBSCRIBE: -1,
  WAIT: -1,
  WAITAOF: -1,
  XGROUP: 1,
  XINFO: 1,
  ZDIFF: 1,
  ZINTER: 1,
  ZINTERCARD: 1,
  ZMPOP: 1,
  ZUNION: 1,
}

const MAX_KEY = 200
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi
const WORD = /[\p{L}\p{N}]+/gu
/** `user`, `USER`, `userSessions`; not what chance has put together. */
const PLAIN_WORD = /^(?=.{1,24}$)(?:[a-z]+|[A-Z]+|[A-Z]?[a-z]{2,}(?:[A-Z][a-z]{2,})*)$/
const UNUSUAL = /[^A-Za-z0-9:/.|#_{}*-]+/g
const STARS = /\*(?:[-_.]?\*)+/g

/**
 * The first key of a command with `*` for everything in it that is not a plain word, so that keys of one kind are equal and ids, addresses and tokens in them stay here.
 * @returns undefined when the command has no key, or its library did not tell
 */
export function keyPattern(name: string, args: readonly unknown[]): string | undefined {
  const key = args[keyPlace(name, args)]
  if (typeof key !== 'string' || key === '?' || key === '') return undefined
  return key
    .slice(0, MAX_KEY)
    .replace(UUID, '*')
    .replace(WORD, (word) => (PLAIN_WORD.test(word) ? word : '*'))
    .replace(UNUSUAL, '*')
    .replace(STARS, '*')
}

function keyPlace(name: string, args: readonly unknown[]): number {
  if (name === 'XREAD' || name === 'XREADGROUP') {
    const streams = args.findIndex((arg) => typeof arg === 'string' && arg.toUpperCase() === 'STREAMS')
    return streams === -1 ? -1 : streams + 1
  }
  // EVAL and its like may come without a key: then what follows are values.
  if (name.startsWith('EVAL') && args[1] === '0') return -1
  return KEY_PLACES[name] ?? 0
}
