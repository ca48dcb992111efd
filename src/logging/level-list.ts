import { parseLevel } from './level.ts'

/** Levels as `LOG_LEVEL` holds them. */
export interface LevelList {
  /** Of all components that have none of their own. */
  readonly level: number | undefined
  readonly components: Readonly<Record<string, number>>
}

/** Reads `info,orders=debug,db.*=warning`; undefined when any of it is wrong. */
export function parseLevelList(text: string): LevelList | undefined {
  let level: number | undefined
  const components = Object.create(null) as Record<string, number>
  for (const part of text.split(',')) {
    const at = part.lastIndexOf('=')
    const name = part.slice(0, Math.max(0, at)).trim()
    const parsed = parseLevel(part.slice(at + 1))
    if (parsed === undefined || (at >= 0 && name === '')) return undefined
    if (at < 0) level = parsed
    else components[name] = parsed
  }
  return { level, components }
}
