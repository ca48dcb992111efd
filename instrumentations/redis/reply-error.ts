import { isError } from '../../src/values/index.ts'
import { isBlocking, type CommandShape } from './command-shape.ts'

const CODE = /^([A-Z][A-Z0-9_]{2,39})(?:\s|$)/

/** Codes of the server itself: a script may answer with any word of its own. */
const SERVER_CODES = new Set(
  'ERR WRONGTYPE NOSCRIPT BUSY BUSYGROUP BUSYKEY CLUSTERDOWN CROSSSLOT EXECABORT LOADING MASTERDOWN MISCONF MOVED ASK NOAUTH NOGROUP NOPERM NOREPLICAS NOTBUSY OOM READONLY TRYAGAIN UNBLOCKED WRONGPASS'.split(
    ' ',
  ),
)

/** Replies by which a client is led on its way, and what every service hears at its start that makes sure of its consumer group. */
const EXPECTED = new Set(['NOSCRIPT', 'MOVED', 'ASK', 'BUSYGROUP'])

const ARGUMENTS = /,? with args beginning with:[^\n]*/g
/** What a script says, or is: behind its name and line. */
const SCRIPT_WORDS = /((?:@?user_script|@?user_function):\d+:?)[^\n]*/g
/** What a parser met stands there, without quotes. */
const NEAR = /\bnear [^]*/
/** From the first quote to the last one, as what is quoted may have quotes in it; or to the end. `can't` and `it's` are none. */
const QUOTED = /(?<!n(?='t\b))(?<!\b[a-z]+(?='s\b))['"`](?:[^]*['"`]|[^]*)/
const MAX_MESSAGE = 1_024
/** Of longer ones only the code is told. */
const MAX_MASKED = 16_384
const REPLY_CLASSES = new Set(['ReplyError', 'SimpleError', 'BlobError'])
/** Shorter ones may stand in any word. */
const MIN_ARGUMENT = 3

/** The code of an error reply, such as `WRONGTYPE`; undefined for errors of the client or the network. */
export function replyCode(error: unknown, { shape, args }: Pick<ToldError, 'shape' | 'args'>): string | undefined {
  const code = CODE.exec(messageOf(error))?.[1]
  if (code === undefined || SERVER_CODES.has(code)) return code
  return shape.isScript || args.some((arg) => textOf(arg).includes(code)) ? 'ERR' : code
}

/** Whether the error belongs to normal work: a redirection, a script to be loaded, a transaction that lost its race, a wait that is broken off. */
export function isExpected(error: unknown, code: string | undefined, { shape, args }: ToldError): boolean {
  return isWatchError(error) || EXPECTED.has(code ?? '') || (isBlocking(shape.name, args) && isClosed(error))
}

/** What waits by design is broken off when the program closes its client; a connection that is lost is told itself. */
function isClosed(error: unknown): boolean {
  return isError(error) && ((error as Error).constructor.name === 'DisconnectsClientError' || messageOf(error) === 'Connection is closed.') // prettier-ignore
}

/** Whether a transaction was given up, since a watched key was changed. */
export function isWatchError(error: unknown): boolean {
  return isError(error) && (error as Error).constructor.name === 'WatchError'
}

/** Whether a server knows no command of the name, which may be anything then. */
export function isUnknownCommand(error: unknown): boolean {
  return /^ERR unknown command/i.test(messageOf(error))
}

/** What is told of an error. */
export interface ToldError {
  readonly shape: CommandShape
  readonly args: readonly unknown[]
  /** Where the command was called, if that is known. */
  readonly caller: string | undefined
}

/** The error as it may be told: without what was given to commands and scripts, which replies repeat, and with the stack of the caller instead of that of the client's parser. */
export function shownError(error: unknown, told: ToldError): unknown {
  if (!isError(error)) return new Error('not an error')
  const { name, constructor, stack, code } = error as Error & { code?: unknown }
  const isReply = CODE.test(messageOf(error)) || !isOfClient(error as Error)
  const type = name === 'Error' ? constructor.name : name
  const shown = new Error(shownMessage(error as Error, told) ?? replyCode(error, told) ?? type) as Error & { code?: unknown } // prettier-ignore
  shown.name = type
  if (typeof code === 'string') shown.code = code
  shown.stack = `${shown.name}: ${shown.message}${told.caller ?? (isReply ? '' : framesOf(stack))}`
  return shown
}

/** The part of a stack behind its message. */
export function framesOf(stack: unknown): string {
  const at = typeof stack === 'string' ? stack.indexOf('\n    at ') : -1
  return at === -1 ? '' : (stack as string).slice(at)
}

function messageOf(error: unknown): string {
  const message = (error as { message?: unknown } | null | undefined)?.message
  return typeof message === 'string' ? message : ''
}

/** A minifier changes the names of classes: what has such a name may be a reply. */
function isOfClient({ constructor: { name } }: Error): boolean {
  return name.endsWith('Error') && !REPLY_CLASSES.has(name)
}

/** @returns undefined for what cannot be told: a reply of which it is not known what may stand in it */
function shownMessage(error: Error, told: ToldError): string | undefined {
  const message = messageOf(error)
  const isKnown = SERVER_CODES.has(CODE.exec(message)?.[1] ?? '') || isOfClient(error) || told.shape.isScript
  return isKnown && message.length <= MAX_MASKED ? withoutArguments(message, told).slice(0, MAX_MESSAGE) : undefined
}

function textOf(arg: unknown): string {
  return typeof arg === 'string' ? arg : Buffer.isBuffer(arg) ? arg.toString('latin1') : ''
}

function withoutArguments(message: string, { shape, args }: ToldError): string {
  if (shape.isScript && !SERVER_CODES.has(CODE.exec(message)?.[1] ?? '')) return 'ERR the script failed'
  let text = message.replace(ARGUMENTS, '').replace(SCRIPT_WORDS, '$1 ?')
  if (shape.isScript) text = text.replace(/^ERR (?!Error|.*user_)[^\n]*/, 'ERR the script failed')
  for (const arg of args) {
    const given = textOf(arg)
    if (given.length >= MIN_ARGUMENT && given.length <= text.length) text = text.replaceAll(given, '?')
  }
  return text.replace(NEAR, 'near ?').replace(QUOTED, '?')
}
