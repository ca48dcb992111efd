import { afterEach, describe, expect, test } from 'vitest'
import { audit, auditChannel, FailureWatch, system, watchFailures } from '../../src/audit/index.ts'
import { withContext } from '../../src/context/index.ts'
import { pipeline } from '../../src/logging/index.ts'
import { captureLogs, type CapturedLogs } from '../../src/testing/index.ts'

let capture: CapturedLogs | undefined
afterEach(() => {
  capture?.stop()
  auditChannel.stop()
  pipeline.components.setLevels({ threshold: 0, components: {} })
})

const user = { id: 'u1', email: 'ada@example.org', role: 'recruiter' }
const WHO = { 'user.id': 'u1', 'user.email': 'ada@example.org', 'user.roles': ['recruiter'], 'clew.channel': 'audit' }

/** What was said, as an array of [level, event, message, attributes]. */
function said(say: () => unknown): unknown[] {
  capture = captureLogs()
  say()
  capture.stop()
  return capture.records.map(({ level, event, message, otlp }) => {
    const { 'log.record.uid': _, ...attributes } = otlp.attributes
    return [level, event, message, attributes]
  })
}

const CALLS: readonly [name: string, say: () => boolean, expected: readonly unknown[]][] = [
  [
    'an action by its name',
    () => audit.userAction({ user, action: 'resume_upload', status: 'SUCCESS', details: { pages: 2 } }),
    ['INFO', 'USER_ACTION', 'resume_upload SUCCESS', { ...WHO, 'clew.action': 'resume_upload', 'clew.status': 'SUCCESS', pages: 2 }], // prettier-ignore
  ],
  [
    'a login',
    () => audit.login({ user, method: 'password', ip: '10.0.0.7', userAgent: 'curl/8' }),
    ['INFO', 'USER_ACTION', 'login SUCCESS', { ...WHO, 'clew.action': 'login', 'clew.status': 'SUCCESS', 'clew.auth.method': 'password', 'client.address': '10.0.0.7', 'user_agent.original': 'curl/8' }], // prettier-ignore
  ],
  [
    'a failed login',
    () => audit.loginFailed({ user: 'u1', method: 'password', reason: 'wrong password' }),
    ['WARNING', 'LOGIN_FAILED', 'login failed', { 'user.id': 'u1', 'clew.channel': 'audit', 'clew.action': 'login', 'clew.status': 'FAILED', 'clew.auth.method': 'password', 'clew.reason': 'wrong password' }], // prettier-ignore
  ],
  [
    'a denial',
    () => audit.permissionDenied({ user, organization: 'acme', action: 'delete_interview', reason: 'not the owner' }),
    ['WARNING', 'PERMISSION_DENIED', 'permission denied: delete_interview', { ...WHO, 'clew.tenant.id': 'acme', 'clew.action': 'delete_interview', 'clew.status': 'DENIED', 'clew.reason': 'not the owner' }], // prettier-ignore
  ],
  [
    'a token, without the token',
    () => audit.tokenCreated({ user, tokenId: 't1', tokenType: 'api_key', expiresAt: new Date(0) }),
    ['INFO', 'TOKEN_CREATED', 'token created', { ...WHO, 'clew.action': 'create_token', 'clew.status': 'SUCCESS', 'clew.grant.id': 't1', 'clew.grant.type': 'api_key', 'clew.grant.expires_at': '1970-01-01T00:00:00.000Z' }], // prettier-ignore
  ],
  [
    'an upload',
    () => audit.upload({ user, id: 'f1', fileName: 'cv.pdf', size: 12_000, contentType: 'application/pdf' }),
    ['INFO', 'USER_ACTION', 'upload SUCCESS', { ...WHO, 'clew.action': 'upload', 'clew.status': 'SUCCESS', 'clew.upload.id': 'f1', 'file.name': 'cv.pdf', 'file.size': 12_000, 'clew.upload.content_type': 'application/pdf' }], // prettier-ignore
  ],
  [
    'a bulk upload of which nothing succeeded',
    () => audit.bulkUpload({ user, total: 3, succeeded: 0, failed: 3 }),
    ['WARNING', 'USER_ACTION', 'bulk_upload FAILED: 0 of 3, 3 failed', { ...WHO, 'clew.action': 'bulk_upload', 'clew.status': 'FAILED', 'clew.bulk.total': 3, 'clew.bulk.succeeded': 0, 'clew.bulk.failed': 3 }], // prettier-ignore
  ],
  [
    'a validation that failed',
    () => audit.validationFailed({ user, subject: 'candidate', problems: ['email: missing'] }),
    ['WARNING', 'USER_ACTION', 'validate_candidate FAILED', { ...WHO, 'clew.action': 'validate_candidate', 'clew.status': 'FAILED', 'clew.validation.problems': ['email: missing'] }], // prettier-ignore
  ],
  [
    'something planned',
    () => audit.scheduled({ user, subject: 'interview', id: 'i1', participants: ['c1', 'c2'], at: '2026-01-02' }),
    ['INFO', 'USER_ACTION', 'schedule_interview SUCCESS', { ...WHO, 'clew.action': 'schedule_interview', 'clew.status': 'SUCCESS', 'clew.resource.type': 'interview', 'clew.resource.id': 'i1', 'clew.schedule.participants': ['c1', 'c2'], 'clew.schedule.at': '2026-01-02' }], // prettier-ignore
  ],
  [
    'a change',
    () => audit.updated({ user, resource: 'interview', id: 'i1', changed: ['at'] }),
    ['INFO', 'USER_ACTION', 'update_interview SUCCESS', { ...WHO, 'clew.action': 'update_interview', 'clew.status': 'SUCCESS', 'clew.resource.type': 'interview', 'clew.resource.id': 'i1', 'clew.resource.changed': ['at'] }], // prettier-ignore
  ],
  [
    "a look at somebody's data",
    () => audit.dataAccess({ user, resource: 'profile', id: 'p9', subject: 'u9', purpose: 'support' }),
    ['INFO', 'USER_ACTION', 'access_profile SUCCESS', { ...WHO, 'clew.action': 'access_profile', 'clew.status': 'SUCCESS', 'clew.resource.type': 'profile', 'clew.resource.id': 'p9', 'clew.data.subject': 'u9', 'clew.data.purpose': 'support' }], // prettier-ignore
  ],
  [
    'what an administrator did',
    () => audit.adminOperation({ user, operation: 'change_role', target: 'u9' }),
    ['INFO', 'USER_ACTION', 'change_role SUCCESS', { ...WHO, 'clew.action': 'change_role', 'clew.status': 'SUCCESS', 'clew.admin.operation': true, 'clew.admin.target': 'u9' }], // prettier-ignore
  ],
  [
    'the end of a session',
    () => audit.sessionEnded({ user, sessionId: 's1', durationMillis: 1_500, counts: { answers: 4 } }),
    ['INFO', 'SESSION_ENDED', 'session ended', { ...WHO, 'session.id': 's1', 'clew.duration_ms': 1_500, answers: 4 }],
  ],
]

describe('a call of the audit channel says', () => {
  test.each(CALLS)('%s', (_name, say, expected) => {
    expect(said(say)).toEqual([expected])
  })

  test('the rest of them, each with its action and status', () => {
    const action = (say: () => boolean): unknown => {
      const [[, event, , attributes]] = said(say) as [[string, string, string, Record<string, unknown>]]
      return [event, attributes['clew.action'], attributes['clew.status']]
    }
    expect(action(() => audit.logout({ user }))).toEqual(['USER_ACTION', 'logout', 'SUCCESS'])
    expect(action(() => audit.registered({ user, method: 'sso' }))).toEqual(['USER_ACTION', 'register', 'SUCCESS'])
    expect(action(() => audit.tokenRevoked({ user }))).toEqual(['TOKEN_REVOKED', 'revoke_token', 'SUCCESS'])
    expect(action(() => audit.unauthenticatedAccess({ ip: '::1' }))).toEqual([
      'UNAUTHENTICATED_ACCESS',
      undefined,
      'DENIED',
    ])
    expect(action(() => audit.textExtraction({ user, error: new Error('no text') }))).toEqual([
      'USER_ACTION',
      'text_extraction',
      'FAILED',
    ])
    for (const [verb, name] of [
      ['created', 'create'],
      ['read', 'read'],
      ['deleted', 'delete'],
    ] as const)
      // prettier-ignore
      expect(action(() => audit[verb]({ user, resource: 'room' }))).toEqual(['USER_ACTION', `${name}_room`, 'SUCCESS'])
    expect(action(() => audit.listed({ user, resource: 'room', count: 9 }))).toEqual([
      'USER_ACTION',
      'list_room',
      'SUCCESS',
    ])
    expect(action(() => audit.sessionCreated({ user }))).toEqual(['SESSION_CREATED', undefined, undefined])
    expect(action(() => audit.securityEvent({ event: 'KEY_ROTATED' }))).toEqual(['KEY_ROTATED', undefined, undefined])
  })
})

test('an action of an application has details of its own type', () => {
  const resumeUpload = audit.defineAction<{ fileName: string; size: number }>('resume_upload')
  expect(said(() => resumeUpload({ user: 'u1', status: 'FAILED', details: { fileName: 'cv.pdf', size: 1 } }))).toEqual([
    ['WARNING', 'USER_ACTION', 'resume_upload FAILED', { 'user.id': 'u1', 'clew.channel': 'audit', 'clew.action': 'resume_upload', 'clew.status': 'FAILED', fileName: 'cv.pdf', size: 1 }], // prettier-ignore
  ])
  // @ts-expect-error the details are not those of the action
  const wrong = (): boolean => resumeUpload({ user: 'u1', details: { fileName: 7 } })
  expect(wrong).toBeTypeOf('function')
})

test('what is not given comes from the context', () => {
  const [[, , , attributes]] = withContext({ 'session.id': 's1', 'user.id': 'u2', 'client.address': '10.1.1.1' }, () =>
    said(() => audit.logout({})),
  ) as [[string, string, string, unknown]]
  expect(attributes).toMatchObject({ 'session.id': 's1', 'user.id': 'u2', 'client.address': '10.1.1.1' })
})

test('details can not pretend to be somebody else, and their secrets are hidden', () => {
  const details = { 'user.id': 'root', 'clew.channel': 'app', password: 'hunter2', note: 'token=abcdefgh12345678' }
  const [[, , , attributes]] = said(() => audit.userAction({ user: 'u1', action: 'x', details })) as [unknown[]]
  expect(attributes).toMatchObject({ 'user.id': 'u1', 'clew.channel': 'audit', password: '[REDACTED]' })
  expect(JSON.stringify(attributes)).not.toMatch(/hunter2|abcdefgh/)
})

test('whatever is given, nothing is thrown', () => {
  const hostile: unknown[] = [
    undefined,
    null,
    7,
    Object.create(null),
    new Proxy({}, { get: () => { throw new Error('no') }, ownKeys: () => { throw new Error('no') } }), // prettier-ignore
    { user: Symbol('u'), action: { toString: () => { throw new Error('no') } }, details: 7 }, // prettier-ignore
  ]
  for (const call of Object.values(audit) as ((entry: unknown) => unknown)[])
    for (const entry of hostile) expect(() => said(() => call(entry))).not.toThrow()
})

describe('suspicious activity', () => {
  test('is raised by failures of one user, whatever kind they are', () => {
    const watch = new FailureWatch({ failuresPerUser: 3, failuresPerAddress: 20, windowMillis: 60_000 })
    auditChannel.start({ onFailure: 'note', failed: () => {}, watch: watchFailures(watch) })
    const records = said(() => {
      audit.loginFailed({ user: 'u1', ip: '10.0.0.1' })
      audit.login({ user: 'u1' })
      withContext({ 'user.id': 'u1' }, () => audit.permissionDenied({ action: 'x' }))
      audit.unauthenticatedAccess({ user: 'u1' })
    })
    expect(records.at(-1)).toEqual([
      'ERROR',
      'SUSPICIOUS_ACTIVITY',
      'suspicious activity: 3 failures in 1 minutes by one user',
      {
        'user.id': 'u1',
        'clew.channel': 'audit',
        'clew.suspicious.by': 'user',
        'clew.suspicious.failures': 3,
        'clew.suspicious.window_ms': 60_000,
      },
    ])
    expect(records).toHaveLength(5)
  })
})

describe('events of the service itself', () => {
  test('are told by hand where nothing sees them', () => {
    expect(
      said(() => {
        system.apiRequest({ method: 'GET', path: '/x', statusCode: 404, durationMillis: 3, ip: '::1', userId: 'u1' })
        system.externalApiCall({ service: 'mail', endpoint: '/send', statusCode: 200, durationMillis: 5 })
        system.maintenance({ message: 'index rebuilt', details: { rows: 7 } })
      }),
    ).toEqual([
      ['WARNING', 'API_REQUEST', 'GET /x 404', { 'http.request.method': 'GET', 'url.path': '/x', 'http.response.status_code': 404, 'clew.duration_ms': 3, 'client.address': '::1', 'user.id': 'u1' }], // prettier-ignore
      ['INFO', 'EXTERNAL_API_CALL', 'mail /send 200', { 'service.peer.name': 'mail', 'clew.endpoint': '/send', 'http.response.status_code': 200, 'clew.duration_ms': 5 }], // prettier-ignore
      ['INFO', 'MAINTENANCE', 'index rebuilt', { rows: 7 }],
    ])
  })

  const thrown = new Proxy({}, { get: () => expect.unreachable(), ownKeys: () => expect.unreachable() })
  test.each([
    undefined,
    null,
    5,
    'text',
    Symbol('s'),
    thrown,
    { details: thrown, statusCode: Symbol('s'), message: thrown },
  ])('never throw, whatever they are given: %#', (given) => {
    for (const call of Object.values(system)) expect(call(given as never)).toBeUndefined()
  })

  test('of a level that there is not are told all the same', () => {
    const wrong = 'warning' as 'WARNING'
    const records = said(() => {
      system.maintenance({ message: 'index rebuilt', level: wrong })
      audit.securityEvent({ event: 'KEY_LEFT', severity: wrong })
    })
    expect(records).toEqual([
      ['INFO', 'MAINTENANCE', 'index rebuilt', {}],
      ['WARNING', 'KEY_LEFT', 'key left', { 'clew.channel': 'audit' }],
    ])
  })
})
