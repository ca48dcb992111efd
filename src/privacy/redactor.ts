import type { KeyRule } from './key-rule.ts'
import { KeyRules } from './key-rules.ts'
import { PERSONAL_DETECTORS } from './personal-data.ts'
import { DEFAULT_PRIVACY, type PersonalData, type PrivacyRule, type PrivacySettings } from './privacy-settings.ts'
import { RuleActions, type TextAction } from './rule-action.ts'
import { mayHoldSecret, withoutSecrets } from './secret-text.ts'

/** Takes secrets out of what a program says, by the name of a key and by pattern in text, and what else is asked for. Never throws. */
export interface Redactor {
  /** The rule for the values under this key; undefined when there is none. To be asked once for each key, and remembered. */
  keyRule(key: string): KeyRule | undefined
  /**
   * The text without secrets, in time linear to its length.
   * @param cut the text is the beginning of a longer one: half a secret at its end is left out too
   */
  text(text: string, cut?: boolean): string
}

/** One thing after another is taken out of a text. */
type Step = (text: string) => string

/** So much at the end of a text that was cut may be a part of something longer that is to be found. */
const MAX_FOUND_LENGTH = 64

/** The redactor by these rules; without any, that which is on by default: secrets go, and long contents of prompts, responses and transcripts are shortened. */
export function createRedactor(settings: Partial<PrivacySettings> = {}): Redactor {
  const all = { ...DEFAULT_PRIVACY, ...settings }
  const actions = new RuleActions(all.hashKey)
  const patterns = all.patterns.map(({ pattern, name, action }) => patternStep(pattern, actions.create(action, name)))
  const personal = (Object.entries(all.personalData) as [PersonalData, PrivacyRule][]).map(([kind, rule]) =>
    personalStep(kind, actions.create(rule)),
  )
  const texts = {
    withoutSecrets: textOf(patterns),
    withoutAll: textOf([...patterns, ...personal]),
  }
  const rules = new KeyRules(all, actions, texts)
  return { keyRule: (key) => rules.of(key), text: texts.withoutAll }
}

function textOf(steps: readonly Step[]): (text: string, cut?: boolean) => string {
  const secrets = (text: string, cut = false): string => (cut || mayHoldSecret(text) ? withoutSecrets(text, cut) : text)
  if (steps.length === 0) return secrets
  return (text, cut = false) => {
    const safe = steps.reduce((before, step) => step(before), secrets(text, cut))
    return cut ? safe.slice(0, -MAX_FOUND_LENGTH) : safe
  }
}

function patternStep(pattern: RegExp, action: TextAction): Step {
  const global = new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, '')}g`)
  return (text) => text.replace(global, (found) => action(found) ?? '')
}

function personalStep(kind: PersonalData, action: TextAction): Step {
  const { pattern, realLength } = PERSONAL_DETECTORS[kind]
  return (text) => {
    let safe = ''
    let copied = 0
    pattern.lastIndex = 0
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const length = realLength(match[0])
      if (length > 0) {
        safe += text.slice(copied, match.index) + (action(match[0].slice(0, length)) ?? '')
        copied = match.index + length
      }
      // Behind what is not it, the next may begin.
      pattern.lastIndex = match.index + Math.max(length, 1)
    }
    return copied === 0 ? text : safe + text.slice(copied)
  }
}
