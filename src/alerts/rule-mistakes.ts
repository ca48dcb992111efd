import { nearest, type OptionMistake } from '../settings/file/index.ts'
import { FIELD_WORDS } from './alert-rule.ts'
import type { WrittenAlerts, WrittenMatch, WrittenRule } from './alerts-schema.ts'
import { parseDuration } from './duration.ts'
import { hasLabel } from './labels.ts'
import { ATTRIBUTE_ALLOWED, byOf, kindMistakes, wrong } from './kind-mistakes.ts'

const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/
/** Grafana's ids have 40 characters, of which `clew-` takes five. */
const MAX_NAME_LENGTH = 35
const MIN_WITHIN_MILLIS = 60_000
const MAX_WITHIN_MILLIS = 7 * 86_400_000
const WORDS = [...FIELD_WORDS, 'level']

/**
 * What is wrong with rules besides their shape. Whatever passes can be said in LogQL or PromQL.
 * @param shape what is wrong with their shape: those parts are not looked at, nor what depends on them
 */
export function ruleMistakes({ rules = {} }: WrittenAlerts, shape: readonly OptionMistake[]): OptionMistake[] {
  const below = shape.filter(({ path }) => path[0] === 'rules' || path.length === 0)
  if (below.some(({ path }) => path.length < 2)) return []
  return Object.entries(rules).flatMap(([name, rule]) => {
    const misshapen = below.flatMap(({ path }) => (path[1] === name ? [path[2] ?? ALL] : []))
    if (misshapen.includes(ALL)) return []
    const passedOver = new Set(misshapen.flatMap((key) => [key, ...(DEPENDENT[key] ?? [])]))
    const rest = Object.fromEntries(Object.entries(rule).filter(([key]) => !passedOver.has(key))) as WrittenRule
    const found = [...nameMistakes(name), ...mistakesOf(rest).filter(({ path }) => !passedOver.has(path[0] ?? ''))]
    return found.map((one) => ({ ...one, path: ['rules', name, ...one.path] }))
  })
}

/** Stands for a rule as a whole. */
const ALL = ''
const DEPENDENT: Readonly<Record<string, readonly string[]>> = {
  metric: ['attribute', 'unit'],
  attribute: ['metric', 'unit'],
}

function nameMistakes(name: string): OptionMistake[] {
  if (NAME.test(name) && name.length <= MAX_NAME_LENGTH) return []
  const allowed = `lower case letters, digits and hyphens between, ${MAX_NAME_LENGTH} at most`
  return [wrong([], `the name ${JSON.stringify(name)}`, allowed)]
}

function mistakesOf(rule: WrittenRule): OptionMistake[] {
  const { what, summary, above, within } = rule
  const missing = (key: string, allowed: string): OptionMistake => wrong([key], 'nothing', allowed)
  return [
    ...(summary === undefined ? [missing('summary', 'a text')] : []),
    ...(what === undefined ? [missing('what', 'count, share or average')] : kindMistakes(what, rule)),
    ...(above === undefined ? [missing('above', 'a number; for a share a text such as 5%')] : []),
    ...(within === undefined ? [missing('within', 'a time such as 5m')] : withinMistakes(within)),
    ...matchMistakes('where', rule.where),
    ...matchMistakes('among', rule.among),
    ...byMistakes(rule),
  ]
}

function withinMistakes(within: string): OptionMistake[] {
  const millis = parseDuration(within) ?? 0
  return millis >= MIN_WITHIN_MILLIS && millis <= MAX_WITHIN_MILLIS ? [] : [wrong(['within'], within, '1m to 7d: it is looked at once a minute')] // prettier-ignore
}

function matchMistakes(key: 'where' | 'among', match: WrittenMatch | undefined): OptionMistake[] {
  const { attributes = {}, channel } = match ?? {}
  const channels = [channel ?? []].flat().filter((one) => one !== 'app' && one !== 'audit' && one !== '*')
  return [
    ...Object.keys(attributes)
      .filter((name) => !hasLabel(name))
      .map((name) => wrong([key, 'attributes', name], `the name ${JSON.stringify(name)}`, ATTRIBUTE_ALLOWED)),
    ...channels.map((one) => wrong([key, 'channel'], JSON.stringify(one), 'app or audit')),
  ]
}

function byMistakes(rule: WrittenRule): OptionMistake[] {
  const keys = byOf(rule)
  return keys.flatMap((key, index): OptionMistake[] => {
    const path = typeof rule.by === 'string' ? ['by'] : ['by', String(index)]
    if (keys.indexOf(key) < index) return [wrong(path, `${JSON.stringify(key)} again`, 'each once')]
    if (WORDS.includes(key)) return []
    const attribute = /^attributes\.(.+)$/.exec(key)?.[1]
    if (attribute !== undefined) return hasLabel(attribute) ? [] : [wrong(path, JSON.stringify(key), ATTRIBUTE_ALLOWED)]
    const meant = nearest(key, WORDS)
    const mistake = wrong(path, JSON.stringify(key), `${WORDS.join(', ')} or attributes.<name>`)
    return [meant === undefined ? mistake : { ...mistake, nearest: JSON.stringify(meant) }]
  })
}
