import { inspect } from 'node:util'
import fc from 'fast-check'
import { anyPassword, issuedSecret, opaqueKey, passphrase, password, random, type Secret } from './secrets.ts'

/** A text that a program might say, with a secret in it. */
export interface CarriedText {
  /** What it is, for the message of a failing test. */
  readonly kind: string
  readonly text: string
  /** None of these may be found anywhere. */
  readonly secrets: readonly string[]
}

const PASSWORD_LABELS = ['password', 'Password', 'PASSWORD', 'passwd', 'pwd', 'db_password', 'DB_PASSWORD', 'userPassword', 'smtp.password', 'PGPASSWORD', 'MYSQL_ROOT_PASSWORD', 'SMTP_PASS', 'new-password', 'passphrase'] // prettier-ignore
const KEY_LABELS = ['token', 'Token', 'api_key', 'apiKey', 'API_KEY', 'api-key', 'X-Api-Key', 'x-auth-token', 'access_token', 'accessToken', 'refresh_token', 'id_token', 'client_secret', 'clientSecret', 'secret', 'secretKey', 'SECRET_KEY_BASE', 'aws_secret_access_key', 'AWS_SESSION_TOKEN', 'private_key', 'auth_token', 'session_token', 'csrf_token', 'signing_key', 'encryptionKey', 'JWT_SECRET', 'GITHUB_TOKEN', 'NPM_TOKEN', 'SLACK_BOT_TOKEN', 'OPENAI_API_KEY', 'webhook_secret', 'credentials'] // prettier-ignore

const LEADS = ['', 'login failed ', 'cannot connect: ', 'sent ', 'retrying with ', 'request: ', 'config loaded ', 'DEBUG ', 'Error: 401 ', 'user bob, '] // prettier-ignore
const TAILS = [
  '',
  ' and gave up',
  '\nnext line',
  ' (attempt 3 of 5)',
  ', user=bob',
  ' at 10:30:45',
  ' https://example.org/help',
]

type Syntax = (label: string, secret: string) => string

const dashed = (label: string): string =>
  label
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .replace(/[_.]/g, '-')
    .toLowerCase()

/** Ways to write a name with a value that has no white space. */
const SYNTAXES: readonly Syntax[] = [
  (label, secret) => `${label}=${secret}`,
  (label, secret) => `${label}: ${secret}`,
  (label, secret) => `${label} = ${secret}`,
  (label, secret) => `${label}:${secret}`,
  (label, secret) => `host=db ${label}=${secret} user=bob`,
  (label, secret) => `https://example.org/cb?user=bob&${label}=${encodeURIComponent(secret)}&x=1`,
  (label, secret) => `POST /login user=bob&${label}=${encodeURIComponent(secret)}`,
  (label, secret) => `deploy --${dashed(label)} ${secret} --port 80`,
  (label, secret) => `deploy --${dashed(label)}=${secret}`,
  (label, secret) => `export ${label.toUpperCase()}=${secret}`,
  (label, secret) => `User(name=bob, ${label}=${secret})`,
  (label, secret) => `{User:bob ${label}:${secret} Port:1}`,
  (label, secret) => `curl -H "${dashed(label)}: ${secret}" https://example.org`,
  (label, secret) => `${dashed(label)}: ${secret}\r\nHost: example.org`,
  (label, secret) => `<${label}>${secret.replace(/&/g, '&amp;')}</${label}>`,
  (label, secret) => `Server=db;Database=x;${label}=${secret};Timeout=30`,
]

/** Ways to write it in quotes: any characters may be in it. */
const QUOTED: readonly Syntax[] = [
  (label, secret) => JSON.stringify({ user: 'bob', [label]: secret, port: 1 }),
  (label, secret) => JSON.stringify({ user: 'bob', nested: { list: [{ [label]: secret }] } }, undefined, 2),
  (label, secret) => JSON.stringify({ body: JSON.stringify({ [label]: secret, port: 1 }) }),
  (label, secret) => JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ [label]: secret, c: 1 }) }) }),
  (label, secret) => JSON.stringify({ fields: [{ name: label, value: secret }] }),
  (label, secret) => inspect({ user: 'bob', [label]: secret, port: 1 }, { breakLength: Infinity }),
  (label, secret) => JSON.stringify(JSON.stringify(JSON.stringify(JSON.stringify({ [label]: secret, c: 1 })))),
  (label, secret) => `${label}: "${secret}"`,
  (label, secret) => `${label}='${secret}'`,
  (label, secret) => `<user name="bob" ${label}="${secret}"/>`,
  (label, secret) => `:${label} => "${secret}"`,
]

/** As JSON, which takes any characters. */
const JSON_FORMS: readonly Syntax[] = QUOTED.slice(0, 7)

/** Lists of names and values, arguments of programs, and what libraries say of values that they refuse. */
const LISTS: readonly Syntax[] = [
  (label, secret) => JSON.stringify({ rawHeaders: ['Host', 'example.org', dashed(label), secret] }),
  (label, secret) => inspect(['Host', 'example.org', dashed(label), secret], { breakLength: Infinity }),
  (label, secret) => JSON.stringify({ spawnargs: ['deploy', '--user', 'bob', `--${dashed(label)}`, secret] }),
  (label, secret) => JSON.stringify(JSON.stringify(Object.entries({ user: 'bob', [label]: secret }))),
  (label, secret) => `redirect=${encodeURIComponent(`https://example.org/cb?${label}=${secret}&x=1`)}&y=2`,
  (label, secret) => `data=${encodeURIComponent(JSON.stringify({ [label]: secret, x: 1 }))}&y=2`,
  (label, secret) => `{&quot;${label}&quot;:&quot;${secret}&quot;,&quot;x&quot;:1}`,
  (label, secret) => `\u001b[1m${label}\u001b[22m: \u001b[32m'${secret}'\u001b[39m`,
  (label, secret) => inspect({ user: 'bob', [label]: secret }, { colors: true }),
  (label, secret) => `--boundary\r\nContent-Disposition: form-data; name="${label}"\r\n\r\n${secret}\r\n--boundary--`,
  (label, secret) => `user[${label}]=${encodeURIComponent(secret)}&user[name]=bob`,
  (label, secret) => `${label}: |\n    ${secret}\nhost: x`,
  (label, secret) => `${label}:\n  - '${secret}'\n  - other\nhost: x`,
  (label, secret) => `headers['${label}'] = '${secret}'`,
  (label, secret) => `[(b'host', b'example.org'), (b'${dashed(label)}', b'${secret}')]`,
  (label, secret) => `{b'${label}': b'${secret}'}`,
  (label, secret) => `user%5B${label}%5D=${encodeURIComponent(secret)}&x=1`,
]

const REFUSALS: readonly ((secret: string) => string)[] = [
  (secret) => `"password" with value "${secret}" fails to match the required pattern`,
  (secret) =>
    `User validation failed: password: Path \`password\` (\`${secret}\`) is shorter than the minimum allowed length (8).`,
  (secret) => `ALTER USER bob WITH PASSWORD '${secret}'`,
  (secret) => `CREATE USER 'bob'@'%' IDENTIFIED BY '${secret}'`,
  (secret) => `the password is "${secret}"`,
  (secret) => `private_key "${secret}";`,
  (secret) => `curl -u bob:${secret} https://example.org`,
  (secret) => `curl --user 'bob:${secret}' https://example.org`,
  (secret) => `bob:${secret}@tcp(db.internal:3306)/shop`,
]

const refused: fc.Arbitrary<CarriedText> = fc
  .tuple(password, fc.constantFrom(...REFUSALS))
  .map(([{ kind, text }, write]) => ({ kind, text: write(text), secrets: [text] }))

const around = (carried: fc.Arbitrary<CarriedText>): fc.Arbitrary<CarriedText> =>
  fc
    .tuple(fc.constantFrom(...LEADS), carried, fc.constantFrom(...TAILS))
    .map(([lead, one, tail]) => ({ ...one, text: lead + one.text + tail }))

const encodings = (secret: string): string[] => [
  ...new Set([secret, encodeURIComponent(secret), secret.replace(/&/g, '&amp;'), JSON.stringify(secret).slice(1, -1)]),
]

const labelled = (
  labels: readonly string[],
  secret: fc.Arbitrary<Secret>,
  syntaxes: readonly Syntax[],
): fc.Arbitrary<CarriedText> =>
  fc.tuple(fc.constantFrom(...labels), secret, fc.constantFrom(...syntaxes)).map(([label, { kind, text }, write]) => ({
    kind: `${kind} under ${label}`,
    text: write(label, text),
    secrets: encodings(text),
  }))

const SENTENCES: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => `using ${secret} for the deployment`,
  (secret) => `the key ${secret} was revoked`,
  (secret) => `invalid credential "${secret}"`,
  (secret) => `(${secret})`,
  (secret) => `pushed with ${secret}.`,
  (secret) => `https://example.org/hook/${secret}`,
]

const bare: fc.Arbitrary<CarriedText> = fc
  .tuple(issuedSecret, fc.constantFrom(...SENTENCES))
  .map(([{ kind, text }, write]) => ({
    kind,
    text: write(text),
    // What all secrets of a kind have in common, such as a PEM's first line or a JWT's, tells nothing.
    secrets: kind === 'PEM' ? text.split(/\r?\n|\\n/).filter((line) => !line.includes('-----')) : [tailOf(text)],
  }))

function tailOf(secret: string): string {
  if (secret.startsWith('https:')) return secret.slice(secret.indexOf('services/') + 9)
  return secret.startsWith('eyJ') ? secret.slice(secret.indexOf('.') + 1) : secret.slice(secret.search(/[^a-z_-]/))
}

const SCHEMES = ['redis', 'rediss', 'postgres', 'postgresql', 'mysql', 'mongodb', 'mongodb+srv', 'amqp', 'amqps', 'https', 'http', 'ftp', 'smtp', 'ssh'] // prettier-ignore

const url: fc.Arbitrary<CarriedText> = fc
  .tuple(
    fc.constantFrom(...SCHEMES),
    fc.constantFrom('', 'bob', 'admin', 'service-7'),
    password,
    fc.constantFrom('cache:6379/0', 'db.internal:5432/shop?sslmode=require', 'example.org', '10.0.0.7:80/a/b'),
    fc.boolean(),
  )
  .map(([scheme, user, { text }, host, encoded]) => ({
    kind: `URL of ${scheme}`,
    text: `${scheme}://${user}:${encoded ? encodeURIComponent(text) : text}@${host}`,
    secrets: encodings(text),
  }))

const HEADER_LINES: readonly ((value: string) => string)[] = [
  (value) => `Authorization: ${value}`,
  (value) => `authorization: ${value}\r\nhost: example.org`,
  (value) => `curl -H 'Authorization: ${value}' https://example.org`,
  (value) => JSON.stringify({ headers: { Authorization: value, host: 'example.org' } }),
  (value) => JSON.stringify({ log: JSON.stringify({ headers: { authorization: value } }) }),
  (value) => inspect({ headers: { authorization: value } }),
  (value) => `Proxy-Authorization: ${value}`,
  (value) => `answered 401 to ${value}`,
]

const authorization: fc.Arbitrary<CarriedText> = fc
  .tuple(
    fc.oneof(
      opaqueKey.map(({ text }) => ({ value: `Bearer ${text}`, secret: text })),
      fc.tuple(fc.constantFrom('bob', 'admin'), password).map(([user, { text }]) => {
        const secret = Buffer.from(`${user}:${text}`).toString('base64')
        return { value: `Basic ${secret}`, secret }
      }),
    ),
    fc.constantFrom(...HEADER_LINES),
  )
  .map(([{ value, secret }, write]) => ({ kind: 'authorization', text: write(value), secrets: [secret] }))

const digest: fc.Arbitrary<CarriedText> = random('0123456789abcdef', 32).map((secret) => ({
  kind: 'digest',
  text: `Authorization: Digest username="bob", realm="a b", nonce="dcd98b", uri="/x", response="${secret}", opaque="5c"`,
  secrets: [secret],
}))

const cookie: fc.Arbitrary<CarriedText> = fc
  .tuple(
    opaqueKey,
    fc.constantFrom<(value: string) => string>(
      (value) => `Cookie: theme=dark; sid=${value}; lang=en`,
      (value) => `Set-Cookie: sid=${value}; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly`,
      (value) => `GET / HTTP/1.1\r\nHost: example.org\r\nCookie: a=b; sid=${value}\r\nAccept: */*`,
      (value) => JSON.stringify({ headers: { cookie: `a=b; sid=${value}`, host: 'example.org' } }),
      (value) => inspect({ 'set-cookie': [`sid=${value}; HttpOnly`, 'a=b'] }),
    ),
  )
  .map(([{ text }, write]) => ({ kind: 'cookie', text: write(text), secrets: [text] }))

const phrase: fc.Arbitrary<CarriedText> = fc
  .tuple(passphrase, fc.constantFrom('passphrase: ', 'password: ', 'Pass phrase: ', 'db.password = ', 'password : '))
  .map(([{ kind, text }, label]) => ({ kind, text: label + text, secrets: [text] }))

/** Any of them, with words around it. */
export const carriedText: fc.Arbitrary<CarriedText> = fc.oneof(
  { weight: 4, arbitrary: around(labelled(PASSWORD_LABELS, password, [...SYNTAXES, ...QUOTED])) },
  { weight: 4, arbitrary: around(labelled(KEY_LABELS, opaqueKey, [...SYNTAXES, ...QUOTED])) },
  { weight: 2, arbitrary: around(labelled(PASSWORD_LABELS, passphrase, QUOTED)) },
  { weight: 2, arbitrary: around(labelled([...PASSWORD_LABELS, ...KEY_LABELS], anyPassword, JSON_FORMS)) },
  { weight: 4, arbitrary: around(labelled([...PASSWORD_LABELS, ...KEY_LABELS], opaqueKey, LISTS)) },
  { weight: 2, arbitrary: around(refused) },
  { weight: 4, arbitrary: around(bare) },
  { weight: 2, arbitrary: around(url) },
  { weight: 3, arbitrary: around(authorization) },
  { weight: 1, arbitrary: around(digest) },
  { weight: 2, arbitrary: around(cookie) },
  { weight: 1, arbitrary: around(phrase) },
)
