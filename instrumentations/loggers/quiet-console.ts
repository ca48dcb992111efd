let depth = 0

/** Runs a function whose calls of `console` are not records: what another logger writes by it, for one, is a record already. */
export function withQuietConsole<R>(fn: () => R): R {
  enterQuietConsole()
  try {
    return fn()
  } finally {
    leaveQuietConsole()
  }
}

/** The same in two calls, where a function would cost too much. */
export function enterQuietConsole(): void {
  depth++
}

export function leaveQuietConsole(): void {
  depth--
}

/** Whether what is said on the console now is a record already. */
export function isConsoleQuiet(): boolean {
  return depth > 0
}
