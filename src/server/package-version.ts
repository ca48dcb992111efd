import { existsSync, readFileSync } from 'node:fs'

/** The version in clew's package.json, which is above this file in the sources and in the build. */
export function packageVersion(): string {
  for (const above of ['../../package.json', '../../../package.json']) {
    const url = new URL(above, import.meta.url)
    if (existsSync(url)) return (JSON.parse(readFileSync(url, 'utf8')) as { version: string }).version
  }
  return 'unknown'
}
