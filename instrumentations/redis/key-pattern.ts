import { wordOf } from './command-shape.ts'

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
  FCALL: 2,
  FCALL_RO: 2,
  UNKNOWN: -1,
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

const SCRIPTS = new Set(['EVAL', 'EVALSHA', 'EVALSHA_RO', 'EVAL_RO', 'FCALL', 'FCALL_RO'])
const MAX_KEY = 200
const MAX_PATTERNS = 500
const OTHER = '*'
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi
const EMAIL = /[^\s:/|{}]+@[^\s:/|{}]+/g
/** Behind such a word stands what must not be told, whatever it looks like. */
const SECRET =
  /((?:^|[:/|._-])(?:[a-z]*(?:token|secret|passw(?:or)?d|passwd|pwd|auth|credential|session|apikey|otp|nonce|code|email|phone|ip)s?)[:/|])[^:/|]+/gi
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
  const given = args[keyPlace(name, args)]
  const key = Buffer.isBuffer(given) ? given.toString('utf8', 0, MAX_KEY) : given
  if (typeof key !== 'string' || key === '?' || key === '') return undefined
  const pattern = key
    .slice(0, MAX_KEY)
    .replace(UUID, '*')
    .replace(EMAIL, '*')
    .replace(SECRET, '$1*')
    .replace(WORD, (word) => (PLAIN_WORD.test(word) ? word : '*'))
    .replace(UNUSUAL, '*')
    .replace(STARS, '*')
  return bounded(pattern)
}

const patterns = new Set<string>()

/** Names of people are words like others: so many patterns are told, and then only those. */
function bounded(pattern: string): string {
  if (patterns.has(pattern)) return pattern
  if (patterns.size >= MAX_PATTERNS) return OTHER
  patterns.add(pattern)
  return pattern
}

function keyPlace(name: string, args: readonly unknown[]): number {
  if (name === 'XREAD' || name === 'XREADGROUP') {
    const streams = args.findIndex((arg) => wordOf(arg) === 'STREAMS')
    return streams === -1 ? -1 : streams + 1
  }
  // EVAL and its like may come without a key: then what follows are values.
  if (SCRIPTS.has(name) && Number(args[1]) === 0) return -1
  return KEY_PLACES[name] ?? 0
}
