import fc from 'fast-check'

/** A secret as somebody holds it, in the form that its issuer documents. */
export interface Secret {
  readonly kind: string
  readonly text: string
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz'
const UPPER = LOWER.toUpperCase()
const DIGITS = '0123456789'
const BASE62 = LOWER + UPPER + DIGITS
const HEX = `${DIGITS}abcdef`

/** Random characters of an alphabet, as a generator of tokens draws them. */
export function random(alphabet: string, length: number, maxLength = length): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...alphabet), minLength: length, maxLength, size: 'max' })
}

const issued = (kind: string, ...parts: (string | fc.Arbitrary<string>)[]): fc.Arbitrary<Secret> =>
  fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((texts) => ({ kind, text: texts.join('') }))

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const jwt = fc
  .tuple(random(BASE62, 8, 16), fc.integer({ min: 1_700_000_000, max: 1_900_000_000 }), random(`${BASE62}-_`, 43))
  .map(([subject, exp, signature]) => ({
    kind: 'JSON Web Token',
    text: `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url({ sub: subject, exp })}.${signature}`,
  }))

const pem = fc
  .tuple(
    fc.constantFrom('RSA PRIVATE KEY', 'PRIVATE KEY', 'EC PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'),
    fc.array(random(`${BASE62}+/`, 64), { minLength: 2, maxLength: 6 }),
    fc.constantFrom('\n', '\\n', '\r\n'),
  )
  .map(([name, lines, end]) => ({
    kind: 'PEM',
    text: [`-----BEGIN ${name}-----`, ...lines, `-----END ${name}-----`].join(end),
  }))

/** Secrets that tell what they are by their form: they may stand anywhere. */
export const issuedSecret: fc.Arbitrary<Secret> = fc.oneof(
  issued('GitHub', fc.constantFrom('ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'), random(BASE62, 36)),
  issued('GitHub fine-grained', 'github_pat_', random(BASE62, 22), '_', random(BASE62, 59)),
  issued('GitLab', 'glpat-', random(`${BASE62}-_`, 20)),
  issued('Slack bot', 'xoxb-', random(DIGITS, 12), '-', random(DIGITS, 13), '-', random(BASE62, 24)),
  issued(
    'Slack user',
    'xoxp-',
    random(DIGITS, 12),
    '-',
    random(DIGITS, 12),
    '-',
    random(DIGITS, 12),
    '-',
    random(HEX, 32),
  ),
  issued('Stripe', fc.constantFrom('sk_live_', 'rk_live_', 'sk_test_'), random(BASE62, 24, 99)),
  issued('Stripe web hook', 'whsec_', random(BASE62, 32)),
  issued('OpenAI', 'sk-', random(BASE62, 20), 'T3BlbkFJ', random(BASE62, 20)),
  issued('OpenAI project', 'sk-proj-', random(`${BASE62}-_`, 74), 'T3BlbkFJ', random(`${BASE62}-_`, 74)),
  issued('Anthropic', 'sk-ant-api03-', random(`${BASE62}-_`, 93), 'AA'),
  issued('AWS', fc.constantFrom('AKIA', 'ASIA'), random(`${UPPER}234567`, 16)),
  issued('Google API', 'AIza', random(`${BASE62}-_`, 35)),
  issued('Google OAuth', 'ya29.', random(`${BASE62}-_`, 60, 160)),
  issued('npm', 'npm_', random(BASE62, 36)),
  issued('SendGrid', 'SG.', random(`${BASE62}-_`, 22), '.', random(`${BASE62}-_`, 43)),
  issued('Hugging Face', 'hf_', random(LOWER + UPPER, 34)),
  issued('DigitalOcean', 'dop_v1_', random(HEX, 64)),
  issued('Shopify', 'shpat_', random(HEX, 32)),
  issued('PyPI', 'pypi-AgEIcHlwaS5vcmc', random(`${BASE62}-_`, 60, 120)),
  issued('Grafana', 'glsa_', random(BASE62, 32), '_', random(HEX, 8)),
  issued('Linear', 'lin_api_', random(BASE62, 40)),
  issued('Vault', 'hvs.', random(`${BASE62}-_`, 90, 100)),
  issued('Docker', 'dckr_pat_', random(`${BASE62}-_`, 27)),
  issued('Groq', 'gsk_', random(BASE62, 52)),
  issued('Telegram', random('123456789', 9), ':AA', random(`${BASE62}-_`, 33)),
  issued(
    'Slack web hook',
    'https://hooks.slack.com/services/T',
    random(UPPER + DIGITS, 8),
    '/B',
    random(UPPER + DIGITS, 8),
    '/',
    random(BASE62, 24),
  ),
  jwt,
  pem,
)

/** A number in every password keeps it from being a word of the sentence around it. */
const NUMBER = fc.integer({ min: 1_000, max: 999_999_999 }).map(String)
const WORDS = ['falcon', 'marble', 'quartz', 'nimbus', 'walnut', 'zephyr', 'copper', 'lagoon', 'bramble', 'saffron']
const word = fc.constantFrom(...WORDS)

/** What people and generators of passwords make; no white space, no quotes. */
export const password: fc.Arbitrary<Secret> = fc.oneof(
  fc
    .tuple(word, NUMBER, fc.constantFrom('!', '?', '#', '$', '*', ''))
    .map((parts) => ({ kind: 'password', text: parts.join('') })),
  fc.tuple(word, word, word, NUMBER).map((parts) => ({ kind: 'password of words', text: parts.join('-') })),
  random(`${BASE62}!#$%*+-.?^_~@/`, 10, 24).map((text) => ({ kind: 'password of any characters', text: `Q${text}7` })),
)

/** What stands in quotes may have any characters: quotes, backslashes, other scripts. */
export const anyPassword: fc.Arbitrary<Secret> = random(`${BASE62}"'\\\`{}[]()<>,;:&= éß漢字🔑`, 12, 24).map(
  (text) => ({
    kind: 'password of any characters in quotes',
    text: `Q${text}7`,
  }),
)

/** Words with spaces between, which need quotes or the end of a line. */
export const passphrase: fc.Arbitrary<Secret> = fc
  .tuple(word, word, NUMBER, word)
  .map((parts) => ({ kind: 'passphrase', text: parts.join(' ') }))

/** Keys that have no form of their own. */
export const opaqueKey: fc.Arbitrary<Secret> = fc.oneof(
  random(HEX, 32, 64).map((text) => ({ kind: 'hexadecimal key', text })),
  random(`${BASE62}+/`, 40).map((text) => ({ kind: 'AWS secret key', text })),
  random(`${BASE62}+/`, 86).map((text) => ({ kind: 'Azure account key', text: `${text}==` })),
  random(BASE62, 24, 48).map((text) => ({ kind: 'opaque token', text })),
  fc.uuid().map((text) => ({ kind: 'UUID', text })),
)
