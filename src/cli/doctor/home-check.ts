import { constants } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { failure, ok, warning, type Check, type Finding } from './finding.ts'

const SUBJECT = 'home'

/** Whether entries can wait on disk: the directory, or the nearest above it that is there, can be written, and has room. Writes nothing. */
export function homeCheck(home: string, maxBytes: number): Check {
  return {
    subject: SUBJECT,
    async run() {
      const nearest = await nearestThere(home)
      const trouble = await troubleWith(nearest)
      if (trouble !== undefined) return [failure(SUBJECT, `${home}: ${trouble}`, CURE)]
      return [await roomIn(nearest, { home, maxBytes })]
    },
  }
}

const CURE = 'without it entries wait in memory only: CLEW_HOME, or init({ home }), names another directory'

async function nearestThere(path: string): Promise<string> {
  for (let there = path; ; there = dirname(there)) {
    const found = await stat(there).catch((error: NodeJS.ErrnoException) => error.code)
    if ((found !== 'ENOENT' && found !== 'ENOTDIR') || dirname(there) === there) return there
  }
}

async function troubleWith(path: string): Promise<string | undefined> {
  try {
    if (!(await stat(path)).isDirectory()) return `${path} is a file`
    await access(path, constants.W_OK | constants.X_OK)
    return undefined
  } catch (error) {
    return `${path} can't be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`
  }
}

const MIB = 1_048_576

async function roomIn(path: string, { home, maxBytes }: { home: string; maxBytes: number }): Promise<Finding> {
  const { bavail, bsize } = await statfs(path)
  const free = bavail * bsize
  const room = `${Math.floor(free / MIB)} MiB free, the spool may take ${Math.ceil(maxBytes / MIB)} MiB`
  const state = path === home ? 'can be written' : 'can be made'
  if (free >= maxBytes) return ok(SUBJECT, `${home} ${state}; ${room}`)
  return warning(SUBJECT, `${home}: ${room}`, 'make room, or set spool.maxBytes')
}
