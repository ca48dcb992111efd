import { optionMistakes, type OptionMistake } from '../option-mistakes.ts'

/** Options without those that are wrong; where a part of something is wrong that needs it, without all of it. */
export function withoutWrong(options: unknown, mistakes: readonly OptionMistake[]): unknown {
  if (mistakes.length === 0) return options
  if (mistakes.some(({ path }) => path.length === 0)) return {}
  for (const { path } of mistakes) remove(options as Record<string, unknown>, path)
  return withoutWrong(options, optionMistakes(options))
}

/** Removes what stands at a path; what is above it, where nothing is there or where it is in a list. */
function remove(options: Record<string, unknown>, [key = '', ...below]: readonly string[]): void {
  const value = options[key]
  const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value)
  const next = below[0]
  if (isGroup && next !== undefined && Object.hasOwn(value, next)) remove(value as Record<string, unknown>, below)
  else delete options[key]
}
