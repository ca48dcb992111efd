import type { TestProject } from 'vitest/node'
import { collectorProgram } from '../../../stack/native/collector-program.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The collector's program; empty when there is none here, and the tests that need it skip. */
    collectorProgram: string
  }
}

/** Finds or builds the collector before any test. Without one: a line and skipped tests; where CI=true, a failure. */
export async function setup(project: TestProject): Promise<void> {
  const found = await collectorProgram()
  if ('path' in found) return project.provide('collectorProgram', found.path)
  if (process.env['CI'] === 'true') throw new Error(found.missing)
  console.warn(`skipped: ${found.missing}`)
  project.provide('collectorProgram', '')
}
