import type { Span } from './span.ts'

/** Paths of URLs that are secrets as a whole: who knows them may post. */
const WEB_HOOK =
  /(?:hooks\.slack\.com\/(?:services|workflows|triggers)|discord(?:app)?\.com\/api\/webhooks|webhook\.office\.com\/webhookb2)\/([\w@/-]{8,})/g

/** Where the secret parts are in the URLs of web hooks. */
export function* webHookSecrets(text: string): Generator<Span> {
  for (const { 0: found, 1: secret = '', index } of text.matchAll(WEB_HOOK)) {
    const end = index + found.length
    yield { start: end - secret.length, end }
  }
}
