import { createContentsRule, isContents } from './contents.ts'
import type { KeyRule } from './key-rule.ts'
import type { PrivacyAction, PrivacyRule, PrivacySettings } from './privacy-settings.ts'
import { REDACTED } from './redacted.ts'
import type { RuleActions, TextAction } from './rule-action.ts'
import { isCount, secrecyOf } from './secret-key.ts'

/** How the texts are made safe that a rule lets through in part. */
export interface RuleTexts {
  /** Without secrets, and without what the user's patterns find. */
  readonly withoutSecrets: (text: string, cut?: boolean) => string
  /** Without personal data too. */
  readonly withoutAll: (text: string, cut?: boolean) => string
}

const SECRET: KeyRule = { covers: () => true, replace: () => REDACTED }
const NOT_COUNTS: KeyRule = { covers: (value) => !isCount(value), replace: () => REDACTED }
/** These show nothing of a secret. */
const HIDING: readonly PrivacyAction[] = ['remove', 'mask']
/** Longer texts are no name, address or the like, and are searched as any other. */
const MAX_EXEMPT_LENGTH = 1_024

/**
 * Which rule a key has: the user's for this very name; secrets; the user's with a `*`; exempt fields; contents. A rule with a `*` goes before that for secrets only when it shows
 * as little.
 */
export class KeyRules {
  readonly #exact = new Map<string, KeyRule>()
  readonly #patterns: { readonly pattern: RegExp; readonly rule: KeyRule; readonly hides: boolean }[] = []
  readonly #exempt: ReadonlySet<string>
  readonly #exemptRule: KeyRule | undefined
  readonly #contentsRule: KeyRule | undefined

  constructor(settings: PrivacySettings, actions: RuleActions, texts: RuleTexts) {
    for (const [name, rule] of Object.entries(settings.keys)) this.#add(name.toLowerCase(), rule, actions)
    this.#exempt = new Set(settings.exempt.map((name) => name.toLowerCase()))
    this.#exemptRule = Object.keys(settings.personalData).length === 0 ? undefined : createExemptRule(texts)
    this.#contentsRule = settings.contents ? createContentsRule(texts.withoutAll) : undefined
  }

  #add(name: string, rule: PrivacyRule, actions: RuleActions): void {
    const keyRule = createRule(actions.create(rule))
    if (name.includes('*')) {
      const hides = HIDING.includes(typeof rule === 'string' ? rule : rule.action)
      this.#patterns.push({ pattern: wildcard(name), rule: keyRule, hides })
    } else this.#exact.set(name, keyRule)
  }

  of(key: string): KeyRule | undefined {
    const name = key.toLowerCase()
    const exact = this.#exact.get(name)
    if (exact !== undefined) return exact
    if (this.#exempt.has(name)) return this.#exemptRule
    const secrecy = secrecyOf(key)
    const own = this.#patterns.find(({ pattern, hides }) => (secrecy === undefined || hides) && pattern.test(name))
    if (own !== undefined) return own.rule
    if (secrecy !== undefined) return secrecy === 'secret' ? SECRET : NOT_COUNTS
    return this.#contentsRule !== undefined && isContents(key) ? this.#contentsRule : undefined
  }
}

/** Lists and maps go as a whole: no part of them may be shown. */
function createRule(action: TextAction): KeyRule {
  return {
    covers: (value) => value !== undefined && value !== null,
    replace(value) {
      if (typeof value === 'string') return action(value)
      if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
        return action(String(value))
      return action('') === undefined ? undefined : REDACTED
    },
  }
}

function createExemptRule({ withoutSecrets }: RuleTexts): KeyRule {
  return {
    covers: (value) => typeof value === 'string' && value.length <= MAX_EXEMPT_LENGTH,
    replace: (value) => withoutSecrets(value as string),
  }
}

function wildcard(name: string): RegExp {
  const parts = name.split('*').map((part) => part.replace(/[^\w]/g, '\\$&'))
  return new RegExp(`^${parts.join('[^]*')}$`)
}
