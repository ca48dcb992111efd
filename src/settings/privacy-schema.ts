import * as v from 'valibot'
import { PERSONAL_DATA, PRIVACY_ACTIONS } from '../privacy/index.ts'
import { HASH_KEY_ALLOWED, isHashKey } from './privacy.ts'

const NAME_ALLOWED = 'a name'
const ACTIONS_ALLOWED = PRIVACY_ACTIONS.join(', ')
const RULE_ALLOWED = `${ACTIONS_ALLOWED}, or { action, first, last }`
const COUNT_ALLOWED = 'a number of characters, 0 to 64'
const PATTERN_ALLOWED = 'a regular expression that does not match empty text'
const PATTERNS_ALLOWED = 'a list of { pattern, name, action }'
const PERSONAL_ALLOWED = `a list of ${PERSONAL_DATA.join(', ')}, or an object of rules by these names`
const FLAG_ALLOWED = 'true or false'

const name = v.pipe(v.string(NAME_ALLOWED), v.nonEmpty(NAME_ALLOWED))
const count = v.pipe(
  v.number(COUNT_ALLOWED),
  v.integer(COUNT_ALLOWED),
  v.minValue(0, COUNT_ALLOWED),
  v.maxValue(64, COUNT_ALLOWED),
)
const action = v.picklist(PRIVACY_ACTIONS, ACTIONS_ALLOWED)
const rule = v.union(
  [action, v.strictObject({ action, first: v.optional(count), last: v.optional(count) }, RULE_ALLOWED)],
  RULE_ALLOWED,
)

function isPattern(pattern: string | RegExp): boolean {
  try {
    return !new RegExp(pattern).test('')
  } catch {
    return false
  }
}

const pattern = v.strictObject(
  {
    name: v.optional(name),
    pattern: v.pipe(v.union([v.string(), v.instance(RegExp)], PATTERN_ALLOWED), v.check(isPattern, PATTERN_ALLOWED)),
    action: v.optional(rule),
  },
  PATTERNS_ALLOWED,
)

const personalList = v.array(v.picklist(PERSONAL_DATA, PERSONAL_ALLOWED))
const personalRules = v.strictObject(
  {
    email: v.optional(rule),
    phone: v.optional(rule),
    card: v.optional(rule),
    iban: v.optional(rule),
    ip: v.optional(rule),
  },
  PERSONAL_ALLOWED,
)

/** What `init({ privacy })` may be. */
export const privacy = v.strictObject({
  keys: v.optional(v.record(name, rule, 'an object of rules by the names of fields')),
  patterns: v.optional(v.array(pattern, PATTERNS_ALLOWED)),
  personalData: v.optional(v.lazy((given) => (Array.isArray(given) ? personalList : personalRules))),
  contents: v.optional(v.boolean(FLAG_ALLOWED)),
  exempt: v.optional(v.array(name, 'a list of names of fields')),
  hashKey: v.optional(v.pipe(v.string(HASH_KEY_ALLOWED), v.check(isHashKey, HASH_KEY_ALLOWED))),
})
