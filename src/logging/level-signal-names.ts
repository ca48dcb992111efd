/** Signals that a program may be sent to change its levels. SIGUSR1 starts Node's debugger, SIGHUP and SIGTERM end programs. */
export const LEVEL_SIGNALS = ['SIGUSR2', 'SIGCONT', 'SIGWINCH'] as const
export type LevelSignalName = (typeof LEVEL_SIGNALS)[number]
