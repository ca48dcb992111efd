import * as v from 'valibot'
import { nearest } from './nearest.ts'
import { LEVEL_SPELLINGS, LEVELS_ALLOWED, OPTIONS } from './schema.ts'
import { allowedBy, itemsOf, membersOf, valuesOf } from './schema-shape.ts'
import type { SettingsMistake } from './settings-error.ts'
import { isSecretPath, shownValue, UNSHOWN } from './shown-value.ts'

/** More names than these are better read on their page. */
const MAX_LISTED = 8

/** One wrong value among options, with its path. */
export interface OptionMistake extends Omit<SettingsMistake, 'where'> {
  readonly path: readonly string[]
  /** Whether something else than text was found where only text is allowed. */
  readonly isNoText?: boolean
}

/** What is wrong with options, in the shape of `init()`'s; empty when nothing is. */
export function optionMistakes(given: unknown): OptionMistake[] {
  return mistakesIn(OPTIONS, given)
}

/** What is wrong with values, in the shape of a schema; empty when nothing is. */
export function mistakesIn(schema: v.GenericSchema, given: unknown): OptionMistake[] {
  return [...valueMistakes(schema, given, []), ...unknownOptions(schema, given, [])]
}

function valueMistakes(schema: v.GenericSchema, given: unknown, above: readonly string[]): OptionMistake[] {
  const { issues = [] } = v.safeParse(schema, given)
  return issues.flatMap((issue) => mistakesOf(issue, above))
}

type Issue = v.BaseIssue<unknown>

/** Names that there are none of are found by ourselves: valibot tells of one in each object, and of none that all objects have, such as `constructor`. */
function mistakesOf(issue: Issue, above: readonly string[]): OptionMistake[] {
  if (isUnknown(issue)) return []
  const base = [...above, ...pathOf(issue)]
  // A union's own message says only its shapes; where one of them came close, its mistakes say more.
  const inner = issue.type === 'union' && typeof issue.input === 'object' ? issue.issues?.filter(isBelow) : undefined
  if (inner === undefined || inner.length === 0) return [mistake(issue, base)]
  return inner.filter((one) => !isUnknown(one)).map((one) => mistake(one, [...base, ...pathOf(one)]))
}

function isUnknown({ type, expected }: Issue): boolean {
  return type === 'strict_object' && expected === 'never'
}

function isBelow({ path }: Issue): boolean {
  return path !== undefined
}

function pathOf({ path }: Issue): string[] {
  return path?.map((item) => String(item.key)) ?? []
}

function mistake(issue: Issue, path: readonly string[]): OptionMistake {
  const { input, expected, message: allowed } = issue
  const found = isSecretPath(path) ? UNSHOWN : shown(input)
  const meant = typeof input === 'string' ? nearest(input, choicesOf(issue)) : undefined
  const isNoText = expected === 'string' && !isSecretPath(path) && /number|boolean/.test(typeof input)
  return { path, found, allowed, isNoText, ...(meant === undefined ? undefined : { nearest: JSON.stringify(meant) }) }
}

/** The words that are allowed, where it is one of a few. */
function choicesOf({ expected, message }: Issue): string[] {
  if (message === LEVELS_ALLOWED) return LEVEL_SPELLINGS
  return [...(expected ?? '').matchAll(/"([^"]+)"/g)].map((match) => match[1] as string)
}

function shown(value: unknown): string {
  if (typeof value === 'string') return shownValue(value)
  if (Array.isArray(value)) return 'a list'
  if (value === undefined) return 'nothing'
  if (typeof value === 'function') return 'a function or a class'
  if (value instanceof Promise) return 'a promise'
  return typeof value === 'object' && value !== null ? 'an object' : `${value as number | boolean | null}`
}

/** Names that valibot's records pass over; they are looked at here. */
const PASSED_OVER = new Set(['__proto__', 'prototype', 'constructor'])

function unknownOptions(schema: v.GenericSchema, given: unknown, path: readonly string[]): OptionMistake[] {
  if (typeof given !== 'object' || given === null) return []
  const isList = Array.isArray(given)
  const members = isList ? undefined : membersOf(schema)
  const any = isList ? itemsOf(schema) : valuesOf(schema)
  // For valibot a list is an object.
  if (isList && any === undefined && (membersOf(schema) ?? valuesOf(schema)) !== undefined)
    return [{ path, found: shown(given), allowed: allowedBy(schema) }]
  return Object.entries(given).flatMap(([key, value]) => {
    const below = [...path, key]
    const own = members === undefined ? any : ownMember(members, key)
    if (own === undefined) return members === undefined ? [] : [unknownOption(below, Object.keys(members))]
    const wrong = members === undefined && PASSED_OVER.has(key) ? valueMistakes(own, value, below) : []
    return [...wrong, ...unknownOptions(own, value, below)]
  })
}

function ownMember<T>(members: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(members, key) ? members[key] : undefined
}

/** The mistake of a name that is none of these. */
export function unknownOption(
  path: readonly string[],
  names: readonly string[],
  page = 'docs/options.md',
): OptionMistake {
  const meant = nearest(path.at(-1) ?? '', names)
  return {
    path,
    found: 'an option that clew does not have',
    allowed: names.length > MAX_LISTED ? `the options in ${page}` : names.join(', '),
    ...(meant === undefined ? undefined : { nearest: meant }),
  }
}
