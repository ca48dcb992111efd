import { auditCall } from './audit-call.ts'
import { sayAction } from './user-action.ts'
import type { AuditEntry } from './audit-entry.ts'
import { saySecurity } from './security-event.ts'

/** How a user proved who they are: `password`, `oauth`, `sso`, `api_key`, `mfa` … */
export interface SignInEntry extends AuditEntry {
  readonly method?: string | undefined
}

/** A login that failed. */
export interface SignInFailure extends SignInEntry {
  /** Why, for those who read it: `wrong password`. */
  readonly reason?: string | undefined
}

/** A token that was made or taken back; never the token itself. */
export interface TokenEntry extends AuditEntry {
  readonly tokenId?: string | undefined
  /** `api_key`, `refresh` … */
  readonly tokenType?: string | undefined
  readonly expiresAt?: Date | string | undefined
}

/** A user logged in. */
export const login = auditCall((entry: SignInEntry) => sayAction('login', entry, { 'clew.auth.method': entry.method }))

/** A login failed: a security event. */
export const loginFailed = auditCall((entry: SignInFailure) =>
  saySecurity(
    { event: 'LOGIN_FAILED', level: 'WARNING', message: 'login failed', action: 'login', status: 'FAILED' },
    entry,
    { 'clew.auth.method': entry.method, 'clew.reason': entry.reason },
  ),
)

/** A user logged out. */
export const logout = auditCall((entry: AuditEntry) => sayAction('logout', entry))

/** A user registered. */
export const registered = auditCall((entry: SignInEntry) =>
  sayAction('register', entry, { 'clew.auth.method': entry.method }),
)

/** A token was made: a security event. */
export const tokenCreated = auditCall((entry: TokenEntry) =>
  saySecurity(
    { event: 'TOKEN_CREATED', level: 'INFO', message: 'token created', action: 'create_token', status: 'SUCCESS' },
    entry,
    tokenFields(entry),
  ),
)

/** A token was taken back or deleted: a security event. */
export const tokenRevoked = auditCall((entry: TokenEntry) =>
  saySecurity(
    { event: 'TOKEN_REVOKED', level: 'INFO', message: 'token revoked', action: 'revoke_token', status: 'SUCCESS' },
    entry,
    tokenFields(entry),
  ),
)

function tokenFields({ tokenId, tokenType, expiresAt }: TokenEntry): Record<string, unknown> {
  return { 'clew.grant.id': tokenId, 'clew.grant.type': tokenType, 'clew.grant.expires_at': expiresAt }
}
