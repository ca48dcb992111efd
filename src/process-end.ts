/** What happens at the end of a process, however it comes. */
export interface ProcessEnd {
  /** Whether a rejection that nobody handles does not end the process, so that it never becomes an uncaught error. */
  readonly rejectionsPass?: boolean
  /** An error that nobody caught is about to end the process, or would if nobody listened for it. */
  readonly uncaught: (error: unknown, origin: string) => void
  /** A signal came that the program answers itself, perhaps by dying of it at once: put on disk what is in memory. Must not throw. */
  readonly interrupted: () => void
  /** The process has nothing left to do and would end; said once. Must not throw. */
  readonly idle: () => void
  /** The process ends now: write and send what can be sent, without returning to the event loop. Must not throw. */
  readonly exit: () => void
}

const ends = new Set<ProcessEnd>()
let unwatch = (): void => {}

/** All ends as one: each of them as a listener of its own would be one more of the program's listeners to the others. */
const ALL: ProcessEnd = {
  get rejectionsPass() {
    return [...ends].some(({ rejectionsPass }) => rejectionsPass === true)
  },
  uncaught: (error, origin) => ends.forEach((end) => end.uncaught(error, origin)),
  interrupted: () => ends.forEach((end) => end.interrupted()),
  idle: () => ends.forEach((end) => end.idle()),
  exit: () => ends.forEach((end) => end.exit()),
}

/**
 * Listens for the end of the process without changing it: exit codes, signals and other listeners stay as they were.
 * @returns stops listening
 */
export function watchProcessEnd(end: ProcessEnd): () => void {
  ends.add(end)
  if (ends.size === 1) unwatch = watch(ALL)
  return () => {
    if (ends.delete(end) && ends.size === 0) unwatch()
  }
}

function watch(end: ProcessEnd): () => void {
  process.on('exit', end.exit)
  process.once('beforeExit', end.idle)
  const unwatch = [watchSignals(end), watchErrors(end)]
  return () => {
    process.removeListener('exit', end.exit)
    process.removeListener('beforeExit', end.idle)
    for (const stop of unwatch) stop()
  }
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/**
 * Ours is the first listener, so that it sees those of the program that listen `once`. Where there are any, it takes itself away while they run: libraries such as
 * signal-exit count the listeners to find out whether the signal is theirs alone.
 */
function watchSignals(end: ProcessEnd): () => void {
  let watching = true
  const onSignal = (signal: NodeJS.Signals): void => {
    const others = process.listenerCount(signal) > 1
    process.removeListener(signal, onSignal)
    if (!others) {
      end.exit()
      process.kill(process.pid, signal)
      return
    }
    end.interrupted()
    setImmediate(() => {
      if (watching && !process.listeners(signal).includes(onSignal)) process.prependListener(signal, onSignal)
    }).unref()
  }
  for (const signal of SIGNALS) process.prependListener(signal, onSignal)
  return () => {
    watching = false
    for (const signal of SIGNALS) process.removeListener(signal, onSignal)
  }
}

const REJECTION = 'unhandledRejection'

/**
 * Tells of each error that nobody caught, once. A rejection that the program listens for itself never becomes an uncaught error: it is heard by a listener of ours that
 * is there only while the program has one, so that without one a rejection still ends the process; always where Node was told that it does not.
 */
function watchErrors(end: ProcessEnd): () => void {
  const told = new WeakSet<object>()
  /** Values that are no objects, told in this turn: a listener of the program may throw them on. */
  const toldNow = new Set<unknown>()
  const tell = (error: unknown, origin: string): void => {
    const isObject = (typeof error === 'object' && error !== null) || typeof error === 'function'
    if (isObject ? told.has(error) : toldNow.has(error)) return
    if (isObject) told.add(error)
    end.uncaught(error, origin)
  }
  const onRejection = (reason: unknown): void => {
    toldNow.delete(reason)
    tell(reason, REJECTION)
    toldNow.add(reason)
    setImmediate(() => toldNow.clear()).unref()
  }
  const isOurs = (listener: unknown): boolean => listener === onRejection
  const onNew = (event: unknown, listener: unknown): void => {
    if (event !== REJECTION || isOurs(listener) || process.listeners(REJECTION).some(isOurs)) return
    process.prependListener(REJECTION, onRejection)
  }
  const onRemoved = (event: unknown, listener: unknown): void => {
    if (event !== REJECTION || isOurs(listener)) return
    if (end.rejectionsPass !== true && process.listeners(REJECTION).every(isOurs))
      process.removeListener(REJECTION, onRejection)
  }
  if (end.rejectionsPass === true || process.listenerCount(REJECTION) > 0)
    process.prependListener(REJECTION, onRejection)
  process.on('uncaughtExceptionMonitor', tell)
  process.on('newListener', onNew)
  process.on('removeListener', onRemoved)
  return () => {
    process.removeListener('newListener', onNew)
    process.removeListener('removeListener', onRemoved)
    process.removeListener('uncaughtExceptionMonitor', tell)
    process.removeListener(REJECTION, onRejection)
  }
}
