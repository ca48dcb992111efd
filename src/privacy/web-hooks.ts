import { withoutFound } from './span.ts'

/** Paths of URLs that are secrets as a whole: who knows them may post. */
const WEB_HOOK =
  /(?:hooks\.slack\.com\/(?:services|workflows|triggers)|discord(?:app)?\.com\/api\/webhooks|webhook\.office\.com\/webhookb2)\/([\w@/-]{8,})/g

/** The text without the secret parts of the URLs of web hooks. */
export function withoutWebHooks(text: string): string {
  return withoutFound(text, WEB_HOOK, ({ 0: found, 1: secret = '', index }) => {
    const end = index + found.length
    return { start: end - secret.length, end }
  })
}
