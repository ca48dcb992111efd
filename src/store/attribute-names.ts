/** Attributes that have a column of their own, and so a place of their own in a record of the log API. */
export const SESSION_ID = 'session.id'
export const USER_ID = 'user.id'
export const TENANT_ID = 'clew.tenant.id'
export const REQUEST_ID = 'clew.request.id'
export const RECORD_UID = 'log.record.uid'
