import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { buildWithGo } from './found-program.ts'

/** Writes a database that knows one city, Zurich, at 203.0.113.0/24. @throws when there is no Go, or the build fails */
export async function writeGeoDatabase(path: string): Promise<void> {
  const folder = join(import.meta.dirname, 'geo-database')
  execFileSync(await buildWithGo({ name: 'geo-database', folder, announce: 'a database of one city' }), [path])
}
