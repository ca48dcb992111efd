import { parseLevel } from './level.ts'

/** Levels as `LOG_LEVEL` holds them, by their names, which `parseLevel` knows. */
export interface LevelList {
  /** Of all components that have none of their own. */
  readonly level: string | undefined
  readonly components: Readonly<Record<string, string>>
}

/** Reads `info,orders=debug,db.*=warning`; undefined when any of it is wrong. */
export function parseLevelList(text: string): LevelList | undefined {
  let level: string | undefined
  const components = Object.create(null) as Record<string, string>
  for (const part of text.split(',')) {
    const at = part.lastIndexOf('=')
    const name = part.slice(0, Math.max(0, at)).trim()
    const own = part.slice(at + 1).trim()
    if (parseLevel(own) === undefined || (at >= 0 && name === '')) return undefined
    if (at < 0) level = own
    else components[name] = own
  }
  return { level, components }
}
