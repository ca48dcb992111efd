import { auditChannel, FailureWatch, watchFailures } from './audit/index.ts'
import type { Notes } from './diagnostics/index.ts'
import type { AuditSettings } from './settings/index.ts'

/** Puts the audit channel to work. */
export function startAudit({ onFailure, suspicious }: AuditSettings, notes: Notes): void {
  auditChannel.start({
    onFailure,
    failed: (event) =>
      notes.note('audit_unwritten', `the audit record ${event} could not be written where it outlives the process`),
    watch: suspicious === false ? undefined : watchFailures(new FailureWatch(suspicious)),
  })
}
