import { SpanKind } from '@opentelemetry/api'

/** What all commands of one name have in common. */
export interface CommandShape {
  /** In capital letters, as on spans. */
  readonly name: string
  readonly kind: SpanKind
  /** A command that is not to be told of. */
  readonly isIgnored: boolean
  /** Whether it runs a script or function, whose errors are its author's words. */
  readonly isScript: boolean
}

/** Commands that wait by design: long is not slow. */
const BLOCKING = new Set(
  'BLMOVE BLMPOP BLPOP BRPOP BRPOPLPUSH BZMPOP BZPOPMAX BZPOPMIN MONITOR PSUBSCRIBE SSUBSCRIBE SUBSCRIBE WAIT WAITAOF'.split(
    ' ',
  ),
)
const SCRIPTS = new Set(['EVAL', 'EVALSHA', 'EVALSHA_RO', 'EVAL_RO', 'FCALL', 'FCALL_RO'])
const PRODUCERS = new Set(['PUBLISH', 'SPUBLISH'])

/** What is no name may be anything: it is not shown. */
const NAME = /^[A-Z][A-Z0-9._-]*$/
const MAX_NAME = 40
export const UNKNOWN = 'UNKNOWN'

/** Names come from the program's code; should they come from elsewhere, memory stays bounded. */
export const MAX_SHAPES = 1_000

/** The commands that were met, by the text of the name as it is given. */
export class CommandShapes {
  readonly #shapes = new Map<unknown, CommandShape>()
  readonly #ignored: ReadonlySet<string>
  readonly #streamContext: boolean

  constructor(ignored: readonly string[], streamContext: boolean) {
    this.#ignored = new Set(ignored.map((name) => name.toUpperCase()))
    this.#streamContext = streamContext
  }

  /** @param given in any case; a Buffer in some calls of `redis` */
  of(given: unknown): CommandShape {
    return this.#shapes.get(given) ?? this.#find(nameOf(given))
  }

  #find(text: string): CommandShape {
    const known = this.#shapes.get(text)
    if (known !== undefined) return known
    const upper = text.toUpperCase()
    const name = NAME.test(upper) ? upper : UNKNOWN
    const produces = PRODUCERS.has(name) || (this.#streamContext && name === 'XADD')
    const shape = {
      name,
      kind: produces ? SpanKind.PRODUCER : SpanKind.CLIENT,
      isIgnored: this.#ignored.has(name),
      isScript: SCRIPTS.has(name),
    }
    if (this.#shapes.size < MAX_SHAPES) this.#shapes.set(text, shape)
    return shape
  }
}

/** Empty for what can be no name. */
function nameOf(given: unknown): string {
  if (typeof given === 'string') return given.length <= MAX_NAME ? given : ''
  return Buffer.isBuffer(given) && given.length <= MAX_NAME ? given.toString('latin1') : ''
}

/** Whether a command may wait for something to happen. */
export function isBlocking(name: string, args: readonly unknown[]): boolean {
  if (BLOCKING.has(name)) return true
  return (name === 'XREAD' || name === 'XREADGROUP') && args.some((arg) => wordOf(arg) === 'BLOCK')
}

/** An argument as a key word may stand in it. */
export function wordOf(arg: unknown): string | undefined {
  if (typeof arg === 'string') return arg.length > 20 ? undefined : arg.toUpperCase()
  return Buffer.isBuffer(arg) && arg.length <= 20 ? arg.toString().toUpperCase() : undefined
}
