import { boundedString, DEFAULT_SAFETY } from '../values/index.ts'
import type { LevelChangeOptions } from './level-changes.ts'
import { parseLevelList } from './level-list.ts'
import { LEVELS, parseLevel, SEVERITY } from './level.ts'

/** A change that a text asks for. */
export interface LevelOrder {
  readonly threshold: number
  readonly options: LevelChangeOptions
}

/** A text that can't be followed: none of it is. */
export class LevelTextError extends Error {
  readonly found: string
  readonly allowed: string

  constructor(found: string, allowed: string) {
    super(`found ${found}; allowed: ${allowed}`)
    this.name = 'LevelTextError'
    this.found = found
    this.allowed = allowed
  }
}

const MAX_LINE_LENGTH = 1_000
const MAX_SHOWN_LENGTH = 100
const MAX_ORDERS = 100
const LINE = /^(?<levels>[^\s,]+(?:\s*,\s*[^\s,]+)*)(?:\s+for\s+(?<time>\S+))?(?:\s+where\s+(?<where>\S.*))?$/i
const DURATION = /^(?<count>\d{1,9})(?<unit>ms|s|m|h|d)$/i
const UNIT_MILLIS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

const LINE_ALLOWED = `levels as in LOG_LEVEL (${LEVELS.join(', ')}, OFF), such as: info,orders=debug for 10m where user.id=42`

/**
 * Reads lines such as `info,orders=debug for 10m where user.id=42`: levels as in `LOG_LEVEL`, for how long, for records with which fields. Empty lines and those that begin with `#` mean nothing.
 * @returns the changes in the order in which they are to be made: for all components, for patterns, for names, so that what is closer wins as it does in `LOG_LEVEL`
 * @throws LevelTextError for the first line that is wrong
 */
export function parseLevelText(text: string): LevelOrder[] {
  const orders = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .flatMap((line, index) => ordersOf(line.trim(), index + 1))
  if (orders.length > MAX_ORDERS) throw new LevelTextError(`${orders.length} levels`, `${MAX_ORDERS} at most`)
  const close = orders.toSorted((one, other) => closeness(one) - closeness(other))
  // Of patterns the first that matches wins, and of changes the newest.
  return [
    ...close.filter((order) => closeness(order) === 0),
    ...close.filter((order) => closeness(order) === 1).toReversed(),
    ...close.filter((order) => closeness(order) === 2),
  ]
}

function closeness({ options: { component } }: LevelOrder): number {
  return component === undefined ? 0 : component.includes('*') ? 1 : 2
}

function ordersOf(line: string, number: number): LevelOrder[] {
  if (line === '' || line.startsWith('#')) return []
  const wrong = (found: string, allowed: string): LevelTextError =>
    new LevelTextError(`line ${number}: ${shown(found)}`, allowed)
  if (line.length > MAX_LINE_LENGTH) throw wrong(line, `${MAX_LINE_LENGTH} characters in a line at most`)
  const { levels = '', time, where } = LINE.exec(line)?.groups ?? {}
  const list = parseLevelList(levels)
  if (list === undefined) throw wrong(line, LINE_ALLOWED)
  const forMillis = time === undefined ? undefined : millisOf(time)
  if (Number.isNaN(forMillis)) throw wrong(time ?? '', 'a time such as 90s, 10m or 2h')
  const fields = where === undefined ? undefined : fieldsOf(where)
  if (fields === 'wrong') throw wrong(where ?? '', 'fields such as user.id=42, with commas between')
  const change = {
    ...(forMillis === undefined ? {} : { forMillis }),
    ...(fields === undefined ? {} : { where: fields }),
  }
  const orderOf = (level: string, options: LevelChangeOptions): LevelOrder => ({
    threshold: parseLevel(level) ?? SEVERITY.INFO,
    options: { ...options, ...change },
  })
  const orders = Object.entries(list.components).map(([component, level]) => orderOf(level, { component }))
  return list.level === undefined ? orders : [orderOf(list.level, {}), ...orders]
}

function millisOf(time: string): number {
  const { count, unit = '' } = DURATION.exec(time)?.groups ?? {}
  const millis = Number(count) * (UNIT_MILLIS[unit.toLowerCase()] ?? Number.NaN)
  return millis > 0 ? millis : Number.NaN
}

function fieldsOf(where: string): Record<string, string> | 'wrong' {
  const pairs = where.split(',').map((part) => {
    const at = part.indexOf('=')
    return [part.slice(0, Math.max(0, at)).trim(), part.slice(at + 1).trim()] as const
  })
  return pairs.every(([key, value]) => key !== '' && value !== '') ? Object.fromEntries(pairs) : 'wrong'
}

function shown(text: string): string {
  return JSON.stringify(boundedString(DEFAULT_SAFETY.text(text), MAX_SHOWN_LENGTH))
}
