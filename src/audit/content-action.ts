import { auditCall } from './audit-call.ts'
import type { ActionEntry } from './audit-entry.ts'
import { sayAction } from './user-action.ts'

/** A file that a user brought. */
export interface UploadEntry extends ActionEntry {
  readonly id?: string | undefined
  readonly fileName: string
  /** In bytes. */
  readonly size?: number | undefined
  readonly contentType?: string | undefined
}

/** Many at once. */
export interface BulkUploadEntry extends ActionEntry {
  readonly total: number
  readonly succeeded: number
  readonly failed: number
}

/** Work on a document. */
export interface DocumentEntry extends ActionEntry {
  readonly id?: string | undefined
  readonly fileName?: string | undefined
  /** Characters that were found. */
  readonly length?: number | undefined
}

/** Input that was not as it has to be. */
export interface ValidationEntry extends ActionEntry {
  /** What was checked: `candidate`. */
  readonly subject: string
  /** What is wrong; names of fields and rules, not their contents. */
  readonly problems?: readonly string[] | undefined
}

/** Something planned. */
export interface ScheduleEntry extends ActionEntry {
  /** What: `interview`. */
  readonly subject: string
  readonly id: string
  /** The ids of those it is for. */
  readonly participants?: readonly string[] | undefined
  readonly at?: Date | string | undefined
}

/** A user uploaded a file. */
export const upload = auditCall(({ id, fileName, size, contentType, ...entry }: UploadEntry): boolean => {
  return sayAction('upload', entry, {
    'clew.upload.id': id,
    'file.name': fileName,
    'file.size': size,
    'clew.upload.content_type': contentType,
  })
})

/** A user uploaded many files. FAILED when none of them succeeded, unless told otherwise. */
export const bulkUpload = auditCall(({ total, succeeded, failed, ...entry }: BulkUploadEntry): boolean => {
  const status = entry.status ?? (total > 0 && succeeded === 0 ? 'FAILED' : 'SUCCESS')
  return sayAction(
    'bulk_upload',
    { ...entry, status, message: entry.message ?? `bulk_upload ${status}: ${succeeded} of ${total}, ${failed} failed` },
    { 'clew.bulk.total': total, 'clew.bulk.succeeded': succeeded, 'clew.bulk.failed': failed },
  )
})

/** Text was taken out of a document. */
export const textExtraction = auditCall(({ id, fileName, length, ...entry }: DocumentEntry): boolean => {
  return sayAction('text_extraction', entry, {
    'clew.upload.id': id,
    'file.name': fileName,
    'clew.extraction.length': length,
  })
})

/** Input was refused. */
export const validationFailed = auditCall(({ subject, problems, ...entry }: ValidationEntry): boolean => {
  return sayAction(`validate_${subject}`, { status: 'FAILED', ...entry }, { 'clew.validation.problems': problems })
})

/** Something was planned for somebody. */
export const scheduled = auditCall(({ subject, id, participants, at, ...entry }: ScheduleEntry): boolean => {
  return sayAction(`schedule_${subject}`, entry, {
    'clew.resource.type': subject,
    'clew.resource.id': id,
    'clew.schedule.participants': participants,
    'clew.schedule.at': at,
  })
})
