import { realpathSync } from 'node:fs'
import { basename, join } from 'node:path'

/** The main files of npm, npx, pnpm, yarn and corepack, wherever they are installed. */
const PACKAGE_MANAGER = /^(?:npm|npx|pnpm|pnpx|yarn|yarnpkg|corepack)(?:-cli|-prefix|-\d[\w.-]*)?\.[cm]?js$/

const COMMAND_LINE = join(import.meta.dirname, 'cli', 'main.js')

/**
 * Whether a process only starts others that are meant, and passes `NODE_OPTIONS` on to them: a package manager, or clew's own command line. Nobody wants to see those in the
 * telemetry of a program.
 * @param mainFile as in `process.argv[1]`
 */
export function isStartHelper(mainFile: string | undefined): boolean {
  if (mainFile === undefined) return false
  const file = realFile(mainFile)
  return PACKAGE_MANAGER.test(basename(file)) || file === COMMAND_LINE
}

function realFile(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    return file
  }
}
