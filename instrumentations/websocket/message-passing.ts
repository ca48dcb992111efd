import { runInContext } from '../../src/context/index.ts'
import type { Method } from '../method-patch.ts'
import type { TracedMessage } from './message-tracing.ts'
import { quietly } from './quietly.ts'
import type { SendOptions } from './session-counts.ts'
import type { Session } from './session.ts'
import type { Socket } from './ws.ts'

/** What came; `isBinary` is undefined where the data's type tells it. */
export interface ReceivedMessage {
  readonly data: unknown
  readonly isBinary: unknown
}

/**
 * Hands a message to its handlers in its own context, with its span around them as far as they run at once.
 * @param handle gets the data as the sender gave it
 */
export function receiveTraced(session: Session, given: ReceivedMessage, handle: (data: unknown) => unknown): unknown {
  const { isBinary } = given
  const isText = isBinary === undefined ? typeof given.data === 'string' : isBinary !== true
  const message = quietly(() => session.messages?.received(given.data, isText))
  const data = message === undefined ? given.data : message.data
  quietly(() => session.counts.receive(data, isBinary))
  if (message === undefined) return runInContext(session.context, handle, data)
  return through(message, () => runInContext(message.context, handle, data))
}

/** Sends a message with what it carries; counted without that. */
export function sendTraced(next: Method, socket: Socket, args: unknown[], session: Session): unknown {
  const [given, options] = args
  const isText = isSentAsText(given, options)
  const message = quietly(() => session.messages?.sent(given, isText, session.counts.isBetweenMessages))
  const count = (): unknown => quietly(() => session.counts.send(given, options, socket))
  if (message === undefined) {
    const result: unknown = Reflect.apply(next, socket, args)
    count()
    return result
  }
  const result = through(message, () => Reflect.apply(next, socket, [message.data, ...args.slice(1)]))
  count()
  return result
}

/** By the option `binary` where there is one, else by what it is. */
export function isSentAsText(data: unknown, options: unknown): boolean {
  const binary = typeof options === 'object' ? (options as SendOptions)?.binary : undefined
  return binary === undefined ? typeof data === 'string' || typeof data === 'number' : !binary
}

/** Not caught and thrown again: then a crash would be shown at our line instead of the application's. */
function through(message: TracedMessage, act: () => unknown): unknown {
  let isDone = false
  try {
    const result = act()
    isDone = true
    return result
  } finally {
    quietly(() => message.done(isDone))
  }
}
