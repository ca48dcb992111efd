/** Which span something happened in. */
export interface TraceIdentity {
  /** 32 lower-case hex digits. */
  readonly traceId: string
  /** 16 lower-case hex digits. */
  readonly spanId: string
  /** W3C trace flags; bit 0 is "sampled". */
  readonly traceFlags: number
}
