import { describe, expect, test } from 'vitest'
import { createRedactor } from '../../src/privacy/index.ts'

const redactor = createRedactor()
const redact = (text: string, cut = false): string => redactor.text(text, cut)
const H = '[REDACTED]'

describe('a URL', () => {
  test.each([
    ['redis://user:hunter2@cache:6379/0', `redis://${H}@cache:6379/0`],
    ['rediss://:hunter2@cache', `rediss://${H}@cache`],
    ['connecting to postgres://me:p%40ss@db/x failed', `connecting to postgres://${H}@db/x failed`],
    ['https://ghp_tokenonly@github.example/x', `https://${H}@github.example/x`],
    ['a https://a:b@c and https://d:e@f', `a https://${H}@c and https://${H}@f`],
    ['redis://:pa/ss@h', `redis://${H}@h`],
    ['redis://user:pa/s?s#@h:6379/0 is down', `redis://${H}@h:6379/0 is down`],
    ['redis://u:p@a/ss@h', `redis://${H}@h`],
    ['x_redis://u:pw@h', `x_redis://${H}@h`],
    ['"redis://u:pw@h","mail":"me@example.org"', `"redis://${H}@h","mail":"me@example.org"`],
    ['redis://u:pw@h,https://example.org/@user', `redis://${H}@h,https://example.org/@user`],
    ['ssh://git@github.example:org/repo@v1', `ssh://${H}@github.example:org/repo@v1`],
    [String.raw`"redis:\/\/u:pw@h:6379\/0"`, String.raw`"redis:\/\/${H}@h:6379\/0"`],
    ['?to=redis%3A%2F%2Fuser%3Apass%40h%2F0', `?to=redis%3A%2F%2F${H}%40h%2F0`],
    ['bob:hunter2@tcp(db:3306)/shop', `bob:${H}@tcp(db:3306)/shop`],
    ['bob:hun@ter2@cache:6379', `bob:${H}@cache:6379`],
    ['https://hooks.slack.com/services/T0/B0/abc', `https://hooks.slack.com/services/${H}`],
  ])('%s hides its credentials', (text, expected) => expect(redact(text)).toBe(expected))
})

describe('a pair', () => {
  test.each([
    ['password=hunter2 user=bob', `password=${H} user=bob`],
    ['DB_PASSWORD = hunter2', `DB_PASSWORD = ${H}`],
    ['password: changed', `password: ${H}`],
    ['password: correct horse battery, user: bob', `password: ${H}, user: bob`],
    ['password: hunter2 user: bob', `password: ${H} user: bob`],
    ['password: hunter2 (attempt 3)', `password: ${H} (attempt 3)`],
    ['token: abc is wrong', `token: ${H} is wrong`],
    ['token: Bearer abc is wrong', `token: ${H} is wrong`],
    ['API key: abc is wrong', `API key: ${H} is wrong`],
    ['**Token:** abc', `**Token:** ${H}`],
    ['User(name=bob, password=hunter2)', `User(name=bob, password=${H})`],
    ['{User:bob Password:hunter2 Port:1}', `{User:bob Password:${H} Port:1}`],
    ['Server=db;Password=my pass word;Database=x', `Server=db;Password=${H};Database=x`],
    ['AccountName=a;AccountKey=abc==;EndpointSuffix=x', `AccountName=a;AccountKey=${H};EndpointSuffix=x`],
    ['GET /a?user=bob&password=x&y=1 HTTP/1.1', `GET /a?user=bob&password=${H}&y=1 HTTP/1.1`],
    ['GET /a?key=AbCdEfGhIjKlMnOpQr&y=1', `GET /a?key=${H}&y=1`],
    ['user[password]=x&user%5Bpassword%5D=x&y=1', `user[password]=${H}&user%5Bpassword%5D=${H}&y=1`],
    [`cb=%2Fa%3Ftoken%3Dabc%26x%3D1`, `cb=%2Fa%3Ftoken%3D${H}%26x%3D1`],
    ['{&quot;password&quot;:&quot;x&quot;,&quot;y&quot;:1}', `{&quot;password&quot;:&quot;${H}&quot;,&quot;y&quot;:1}`],
    ["headers['cookie'] = 'a=b'", `headers['cookie'] = '${H}'`],
    [':password => "x y", :port => 1', `:password => "${H}", :port => 1`],
    ['api_key: |\n  abc\n  def\nhost: h', `api_key:${H}\nhost: h`],
    ['secrets:\n  - abc\n  - def\nhost: h', `secrets:${H}\nhost: h`],
    ['\u001b[1mtoken\u001b[22m: \u001b[32mabc\u001b[39m', `\u001b[1mtoken\u001b[22m: \u001b[32m${H}`],
    ['//registry.npmjs.org/:_authToken=abc', `//registry.npmjs.org/:_authToken=${H}`],
  ])('%s hides its value', (text, expected) => expect(redact(text)).toBe(expected))

  test.each([
    ['{"user":"bob","password":"x","port":1}', `{"user":"bob","password":"${H}","port":1}`],
    [String.raw`{"password":"a\"b\\","port":1}`, `{"password":"${H}","port":1}`],
    ['{"pin":1234,"port":1}', `{"pin":${H},"port":1}`],
    ['{"credentials":{"user":"bob","list":["x}"]},"port":1}', `{"credentials":${H},"port":1}`],
    [String.raw`{"a":"{\"password\":\"x\",\"b\":1}"}`, String.raw`{"a":"{\"password\":\"${H}\",\"b\":1}"}`],
    [String.raw`"{\\\"token\\\":\\\"x\\\",\\\"b\\\":1}"`, String.raw`"{\\\"token\\\":\\\"${H}\\\",\\\"b\\\":1}"`],
    ["{ user: 'bob', password: 'x y', port: 1 }", `{ user: 'bob', password: '${H}', port: 1 }`],
    ['{"name":"password","value":"x"}', `{"name":"password","value":"${H}"}`],
    [
      '[{"name":"Cookie","value":"x"},{"name":"Host","value":"h"}]',
      `[{"name":"Cookie","value":"${H}"},{"name":"Host","value":"h"}]`,
    ],
    ['["Host","h","X-Api-Key","abc"]', `["Host","h","X-Api-Key","${H}"]`],
    ['["--password","x","--port","1"]', `["--password","${H}","--port","1"]`],
    ['{"a":null,"token":null,"password":undefined}', '{"a":null,"token":null,"password":undefined}'],
    ['{"type":"password","name":"x"}', '{"type":"password","name":"x"}'],
  ])('in %s too', (text, expected) => expect(redact(text)).toBe(expected))
})

describe('a header', () => {
  test.each([
    ['Authorization: Bearer abc failed with 401', `Authorization: ${H} failed with 401`],
    ['curl -H "Authorization: Bearer abc" https://h', `curl -H "Authorization: ${H}" https://h`],
    ['Authorization: Digest username="a", realm="b c", response="d"', `Authorization: ${H}`],
    ['Cookie: a=b; c=d\r\nHost: h', `Cookie: ${H}\r\nHost: h`],
    [String.raw`"GET /\r\nCookie: a=b; c=d\r\nHost: h"`, String.raw`"GET /\r\nCookie: ${H}\r\nHost: h"`],
    ['Set-Cookie: sid=a; Expires=Wed, 21 Oct 2026 07:28:00 GMT', `Set-Cookie: ${H}`],
    ['sent Bearer abc123', `sent Bearer ${H}`],
    ['bearer abc123', `bearer ${H}`],
    ['sent Basic dXNlcjpwYXNz again', `sent Basic ${H} again`],
    ['form-data; name="password"\r\n\r\nhunter2\r\n--x', `form-data; name="password"\r\n\r\n${H}\r\n--x`],
  ])('%s hides its secret', (text, expected) => expect(redact(text)).toBe(expected))
})

describe('other signs', () => {
  test.each([
    ['deploy --password hunter2 --port 80', `deploy --password ${H} --port 80`],
    ['deploy --token=abc --port 80', `deploy --token=${H} --port 80`],
    ['curl -u bob:hunter2 https://h', `curl -u bob:${H} https://h`],
    ['<user>bob</user><password>x y</password>', `<user>bob</user><password>${H}</password>`],
    ['<add key="ApiKey" value="abc"/>', `<add key="ApiKey" value="${H}"/>`],
    ["ALTER USER bob WITH PASSWORD 'x'", `ALTER USER bob WITH PASSWORD '${H}'`],
    ['"password" with value "x y" fails', `"password" with value "${H}" fails`],
    ['Path `password` (`x y`) is too short', `Path \`password\` (\`${H}\`) is too short`],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb', `${H}\nb`],
    ['a -----BEGIN PRIVATE KEY-----\nMIIE', `a ${H}`],
    [`pushed by ghp_${'aB1'.repeat(12)}.`, `pushed by ghp_${H}.`],
    [`AKIA${'ABCD'.repeat(4)} is unknown`, `AKIA${H} is unknown`],
    [`eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_ expired`, `eyJ${H} expired`],
  ])('%s hides its secret', (text, expected) => expect(redact(text)).toBe(expected))
})

describe('what only looks like a secret stays:', () => {
  test.each([
    'the token expired',
    'tokens: 1200',
    'tokens: { prompt: 5, completion: 7 }',
    '{"max_tokens":100,"tokens":5}',
    'auth_method=oauth',
    'author: Ann',
    'secretary: Bob',
    'basic plan, the basic authentication',
    'Basic plan',
    'a bearer of news',
    'Bearer authentication is required',
    'sk-1 and task-12345678901234567890',
    'npm_config_user_agent and npm_lifecycle_script_name',
    'at 2026-11-21T10:30:45.123Z, 10:30:45',
    '2026-11-21T10:30:45.123Z',
    '550e8400-e29b-41d4-a716-446655440000',
    '    at verify (file:///app/auth/token.ts:12:3)',
    '    at /app/node_modules/.pnpm/foo@1.2.3/node_modules/foo/index.js:1:2',
    'https://example.org/@user and mail me@example.org',
    'https://example.org:8080/a?to=b@c',
    'http://[::1]:8080/a@b',
    'file:///c:/x@y',
    'mailto:bob@example.org/x',
    'registry:5000/app:1.2@sha256:9f8e',
    'SyntaxError: Unexpected token: punc',
    `Unexpected token ':', ":x" is not valid JSON`,
    'password authentication failed for user "bob"',
    "Access denied for user 'bob'@'h' (using password: YES)",
    'missing fields: "password", "email"',
    'WRONGPASS invalid username-password pair',
    "can't open the door",
    'GET /a?code=US&key=name',
    `https://${H}@h and password: ${H}, token=${H}`,
  ])('%s', (text) => expect(redact(text)).toBe(text))
})

describe('the beginning of a longer text holds no half of a secret:', () => {
  test.each([
    ['see redis://user:hunt', 'see redis://'],
    ['see redis://user', 'see redis://'],
    ['see redis://u:p@a', 'see redis://'],
    ['see redis://user:hunt/er', 'see redis://'],
    ['see https://example.org:8080/a?b=c', 'see https://example.org:8080/a?b=c'],
    ['see redis://u:p@h and m', `see redis://${H}@h and m`],
    ['pushed by ghp_abc', `pushed by ghp_${H}`],
    ['token eyJhb', `token eyJ${H}`],
    ['sent Bearer abc', `sent Bearer ${H}`],
    ['sent Basic dXN', `sent Basic ${H}`],
    ['{"password":"hun', `{"password":"${H}`],
    ['a plain text', 'a plain text'],
  ])('%s', (text, expected) => expect(redact(text, true)).toBe(expected))
})

test('what was made safe stays as it is', () => {
  const once = redact('{"password":"x"} password: a b Authorization: Bearer abc token=abc redis://u:p@h bob:x@h:1')
  expect(redact(once)).toBe(once)
})
