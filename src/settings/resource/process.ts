import { release } from 'node:os'
import { basename, isAbsolute } from 'node:path'
import { knownOnly, type ResourceAttributes } from './sources.ts'

const SYSTEMS: Readonly<Record<string, string>> = { win32: 'windows', sunos: 'solaris' }

/** The operating system. @see https://opentelemetry.io/docs/specs/semconv/resource/os/ */
export function osAttributes(): ResourceAttributes {
  return { 'os.type': SYSTEMS[process.platform] ?? process.platform, 'os.version': release() }
}

/**
 * This process. Its arguments stay out, since they may hold secrets in any form, and so does its owner, whose name a directory service may have to tell.
 * @see https://opentelemetry.io/docs/specs/semconv/resource/process/
 */
export function processAttributes(): ResourceAttributes {
  const [, main = ''] = process.argv
  return {
    'process.pid': process.pid,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    'process.runtime.description': 'Node.js',
    'process.executable.name': basename(process.execPath),
    'process.executable.path': process.execPath,
    // Without a main file (`node -e`) the first argument stands in its place.
    ...knownOnly({ 'process.command': isAbsolute(main) ? main : undefined }),
  }
}
