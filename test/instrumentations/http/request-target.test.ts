import { expect, test } from 'vitest'
import { requestTarget } from '../../../instrumentations/http/request-target.ts'

test.each([
  ['http://user:s3cret@host:99999/p?a=1', { path: '/p', query: 'a=1' }],
  ['http://user:s3cret@host:99999', { path: '/', query: undefined }],
  ['http://user:s3cret@host/p', { path: '/p', query: undefined }],
  ['/p?back=http://shop', { path: '/p', query: 'back=http://shop' }],
  ['*', { path: '*', query: undefined }],
])('the target %s is told without who asks', (target, expected) => {
  expect(requestTarget(target)).toEqual(expected)
})

test.each(['ticket', 'assertion', 'SAMLResponse', 'SAMLRequest', 'session', 'sessionid', 'hmac'])(
  'the parameter %s is a secret',
  (name) => {
    expect(requestTarget(`/login?${name}=s3cret&page=2`).query).toBe(`${name}=[REDACTED]&page=2`)
  },
)

test('the id of a session of telemetry is none', () => {
  expect(requestTarget('/?session_id=s-1').query).toBe('session_id=s-1')
})
