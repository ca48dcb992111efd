import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ResourceValue } from '../options.ts'

/** What detectors look at. */
export interface ResourceSources {
  /** Where the file system begins: `/`. */
  readonly root: string
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly hostName: string
}

/** Attributes of a resource. */
export type ResourceAttributes = Readonly<Record<string, ResourceValue>>

/** The text of a file below the root; empty when there is none that can be read. */
export function readText({ root }: ResourceSources, path: string): string {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return ''
  }
}

/** The attributes that are known. */
export function knownOnly(attributes: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).filter((entry): entry is [string, string] => Boolean(entry[1])))
}
