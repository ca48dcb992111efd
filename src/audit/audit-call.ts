import { ownFields } from '../values/index.ts'
import { auditChannel } from './audit-channel.ts'
import { AuditError } from './audit-error.ts'

/** A call that survives whatever it is given: what can't be read counts as not written. */
export function auditCall<Entry extends object>(say: (entry: Entry) => boolean): (entry: Entry) => boolean {
  return (entry) => {
    try {
      return say(ownFields(entry) as Entry)
    } catch (error) {
      if (error instanceof AuditError) throw error
      return auditChannel.unreadable(error)
    }
  }
}
