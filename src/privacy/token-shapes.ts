import { REDACTED } from './redacted.ts'

/** Prefixes of tokens, by the sign that ends them; as their issuers document them. */
const UNDERSCORE = [
  'gh[opsur]', // GitHub
  'github_pat',
  'npm',
  '[rs]k_(?:live|test|prod)', // Stripe, Clerk
  'whsec',
  'shp(?:at|ca|pa|ss)', // Shopify
  'do[opr]_v1', // DigitalOcean
  'hf', // Hugging Face
  'gsk', // Groq
  'r8', // Replicate
  'glsa', // Grafana
  'glc',
  'lin_api', // Linear
  'ntn', // Notion
  'sntry[su]', // Sentry
  'sbp', // Supabase
  'sb_secret',
  'pscale_(?:tkn|pw|oauth)', // PlanetScale
  'rubygems',
  'dckr_pat', // Docker
  'lsv2_(?:pt|sk)', // LangSmith
  'figd', // Figma
  'pnu', // Prefect
  'rdme', // ReadMe
  'tfp', // Typeform
  '(?:shippo|duffel|cal)_(?:live|test)',
]
const DASH = [
  'sk', // OpenAI, Anthropic
  'gl(?:pat|ptt|rt|dt|cbt|ft|soat|agent|imt)', // GitLab
  'xox[a-z]', // Slack
  'xapp',
  'pypi',
  'pat-[a-z0-9]{2,4}', // HubSpot
  'xkeysib', // Brevo
  'key', // Mailgun
  'PMAK', // Postman
  'NRAK', // New Relic
  'HRKU', // Heroku
  'tskey(?:-[a-z]+)?', // Tailscale
  'sq0[a-z]{3}', // Square
  'xai',
  'pplx', // Perplexity
  'nvapi', // NVIDIA
  'pul', // Pulumi
  'AGE-SECRET-KEY',
]
const DOT = [
  'ya29', // Google
  'SG', // SendGrid
  'hv[bsr]', // Vault
  'dp\\.(?:ct|pt|sa|scim|st)', // Doppler
]

/** Not inside a longer word. */
const START = '(?<![A-Za-z0-9])'
/** Random characters: some are no small letters, as in all but the longest names. */
const RANDOM = '(?=[a-z_-]{0,39}[A-Z0-9])[\\w-]{16,}'
const RANDOM_PARTS = '(?=[a-z_.-]{0,39}[A-Z0-9])[\\w.-]{16,}'
const BASE64 = '[\\w+/=.-]{13,}'

/** What a token's prefix ends in, looked for first since it is rare; what comes before it; the token itself. */
const SHAPES: readonly (readonly [sign: string, body: string])[] = [
  [`_(?<=${START}(?:${UNDERSCORE.join('|')})_)`, RANDOM],
  [`-(?<=${START}(?:${DASH.join('|')})-)`, RANDOM],
  [`\\.(?<=${START}(?:${DOT.join('|')})\\.)`, RANDOM_PARTS],
  // JSON in base64: a JWT, whole or not
  [`J(?<=${START}eyJ)`, BASE64],
  // AWS
  [`[KSB](?<=${START}A[KSB])IA`, '[A-Z0-9]{16,}'],
  // Google
  [`I(?<=${START}AI)za`, '[\\w-]{24,}'],
  // Twilio
  [`K(?<=${START}SK)`, '[0-9a-f]{32}'],
  // Alibaba
  [`I(?<=${START}LTAI)`, '[A-Za-z0-9]{16,}'],
  // Atlassian
  [`T(?<=${START}ATATT)3`, '[\\w=-]{20,}'],
  // Microsoft Entra
  ['~(?<=[\\w.~-]{3}\\dQ~)', '[\\w.~-]{30,}'],
  // Telegram
  [':(?<=(?<!\\d)\\d{8,10}:)', 'A[\\w-]{32,}'],
]

/** No body is shorter. Written out, since the engine is slow at counting to sixteen. */
const BODY = '[\\w.-]'.repeat(16)

/** Finds where a token may be; a source for a larger expression. Cheap where there is none: what must follow is asked before what stands in front. */
export const TOKEN_SIGNS: string = SHAPES.map(([sign]) => sign.replace('(?<=', `(?=${BODY})(?<=`)).join('|')

const TOKENS = new RegExp(SHAPES.map(([sign, body]) => `(${sign})${body}`).join('|'), 'g')
/** A token that the end of the text cuts off, short of its least length. */
const HALF = new RegExp(`(${SHAPES.map(([sign]) => sign).join('|')})[\\w.~+/=-]*$`)
const MAX_HALF = 4_096

/**
 * The text without the tokens that are told by their form; their prefix stays, since it tells whose they are.
 * @param cut the text is the beginning of a longer one: half a token at its end is left out too
 */
export function withoutTokens(text: string, cut: boolean): string {
  const safe = text.replace(TOKENS, (_all: string, ...parts: unknown[]) => `${prefixOf(parts)}${REDACTED}`)
  return cut ? withoutHalf(safe) : safe
}

function prefixOf(parts: readonly unknown[]): string {
  return parts.find((part) => typeof part === 'string') as string
}

function withoutHalf(text: string): string {
  let start = text.length
  while (start > 0 && text.length - start < MAX_HALF && text.charAt(start - 1).trim() !== '') start--
  return text.slice(0, start) + text.slice(start).replace(HALF, `$1${REDACTED}`)
}
