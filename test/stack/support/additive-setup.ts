import type { TestProject } from 'vitest/node'
import { additiveCollectorProgram } from '../../../stack/native/additive-collector.ts'
import { elasticsearchProgram } from '../../../stack/native/elasticsearch.ts'
import { findProgram } from '../../../stack/native/find-program.ts'
import { kafkaProgram } from '../../../stack/native/kafka.ts'

/** The programs that the files in stack/collector are run with; empty is one that is not to be had. */
export interface AdditivePrograms {
  /** A collector with Kafka, Elasticsearch and geo-IP. */
  readonly collector: string
  readonly elasticsearch: string
  readonly kafka: string
  /** Whether databases for geo-IP can be made (with Go). */
  readonly geoDatabase: boolean
}

declare module 'vitest' {
  interface ProvidedContext {
    additivePrograms: AdditivePrograms
  }
}

/** Finds, builds or downloads them before any test. Without Go, Java or Maven: a line, and tests that skip; where CI=true, a failure. */
export async function setup(project: TestProject): Promise<void> {
  const collector = await additiveCollectorProgram()
  const elasticsearch = await elasticsearchProgram()
  const kafka = await kafkaProgram()
  const path = (found: typeof kafka): string => {
    if ('path' in found) return found.path
    if (process.env['CI'] === 'true') throw new Error(found.missing)
    console.warn(`skipped: ${found.missing}`)
    return ''
  }
  project.provide('additivePrograms', {
    collector: path(collector),
    elasticsearch: path(elasticsearch),
    kafka: path(kafka),
    geoDatabase: findProgram('go') !== undefined,
  })
}
