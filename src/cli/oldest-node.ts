const OLDEST = [22, 16] as const

/** What to tell the user of a Node that is too old; undefined when it is not. */
export function tooOld(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return undefined
  return `clew: found Node ${version}, needs ${OLDEST.join('.')} or newer. Install one from https://nodejs.org, or for this project alone: npm install node@26`
}
