/** An audit record could not be written where it outlives the process, and `audit.onFailure` is `throw`. */
export class AuditError extends Error {
  override readonly name = 'AuditError'
  /** The event that is not on record. */
  readonly event: string

  constructor(event: string) {
    super(`the audit record ${event} could not be written where it outlives the process`)
    this.event = event
  }
}
