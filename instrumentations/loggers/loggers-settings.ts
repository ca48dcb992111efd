/**
 * What becomes of another logger's lines: `keep` leaves them as they are, and clew's own console leaves the records out; `replace` silences the logger, and clew's outputs say the records in its
 * place; `off` leaves the logger alone.
 */
export type BridgeMode = 'off' | 'keep' | 'replace'

/** The loggers whose records are taken. */
export interface LoggersSettings {
  readonly console: BridgeMode
  readonly pino: BridgeMode
  readonly winston: BridgeMode
  readonly bunyan: BridgeMode
  /** Whether trace_id, span_id and trace_flags are added to the lines of pino, winston and bunyan. */
  readonly traceIds: boolean
}

/** How one logger is bridged. */
export interface BridgeSettings {
  readonly mode: BridgeMode
  readonly traceIds: boolean
  /** Hears of our own failures; they never reach the application. */
  readonly onError: (error: unknown) => void
}
