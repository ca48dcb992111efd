import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What package.json of the program says. */
export interface ProgramPackage {
  readonly name?: string
  readonly version?: string
}

/** The nearest package.json above the program's main file that has a name; empty when there is none. */
export function findProgramPackage(mainFile: string | undefined): ProgramPackage {
  let directory = mainFile === undefined ? process.cwd() : dirname(mainFile)
  for (;;) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as ProgramPackage
      if (typeof name === 'string') return { name, ...(typeof version === 'string' ? { version } : undefined) }
    } catch {
      // none here, or not readable: look above
    }
    const above = dirname(directory)
    if (above === directory) return {}
    directory = above
  }
}
