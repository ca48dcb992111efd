/**
 * Hears of the error that is being thrown now, if nobody catches it; to be called while it is on its way up. Until the next tick: nobody would be told of it later.
 * @param heard gets the error, and whether it ends the process
 */
export function onUncaught(heard: (error: unknown, isFatal: boolean) => void): void {
  const listener = (error: unknown): void =>
    heard(error, process.listenerCount('uncaughtException') === 0 && !process.hasUncaughtExceptionCaptureCallback())
  process.once('uncaughtExceptionMonitor', listener)
  process.nextTick(() => process.removeListener('uncaughtExceptionMonitor', listener))
}
