/** What happens at the end of a process, however it comes. */
export interface ProcessEnd {
  /** An error that nobody caught is about to end the process, or would if nobody listened for it. */
  readonly uncaught: (error: unknown, origin: string) => void
  /** The process ends now: write and send what can be sent, without returning to the event loop. */
  readonly exit: () => void
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/**
 * Listens for the end of the process without changing it: exit codes, signals and other listeners stay as they were.
 * @returns stops listening
 */
export function watchProcessEnd(end: ProcessEnd): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    // The program has its own way to end on this signal; `exit` comes at its end.
    if (process.listenerCount(signal) > 1) return
    end.exit()
    process.removeListener(signal, onSignal)
    process.kill(process.pid, signal)
  }
  const onUncaught = (error: unknown, origin: string): void => end.uncaught(error, origin)
  process.on('exit', end.exit)
  process.on('uncaughtExceptionMonitor', onUncaught)
  for (const signal of SIGNALS) process.on(signal, onSignal)
  return () => {
    process.removeListener('exit', end.exit)
    process.removeListener('uncaughtExceptionMonitor', onUncaught)
    for (const signal of SIGNALS) process.removeListener(signal, onSignal)
  }
}
