import { join } from 'node:path'
import { collectorProgram } from './collector-program.ts'
import { findProgram } from './find-program.ts'
import { findOrBuild, namedProgram, type FoundProgram } from './found-program.ts'

/** The programs of the whole stack. */
export interface StackPrograms {
  readonly collector: string
  readonly loki: string
  readonly tempo: string
  readonly prometheus: string
}

/** Loki 3.7: `CLEW_LOKI_PROGRAM`, the cache, `loki` on PATH, or a build. @throws when a build fails */
export async function lokiProgram(): Promise<FoundProgram> {
  return await findOrBuild({
    name: 'loki',
    folder: join(import.meta.dirname, 'loki'),
    package: 'github.com/grafana/loki/v3/cmd/loki',
    announce: 'Loki, in about 5 minutes',
    variable: 'CLEW_LOKI_PROGRAM',
    installed: 'loki',
  })
}

/** Tempo 2: `CLEW_TEMPO_PROGRAM`, the cache, `tempo` on PATH, or a build of the newest there is. @throws when a build fails */
export async function tempoProgram(): Promise<FoundProgram> {
  return await findOrBuild({
    name: 'tempo',
    folder: join(import.meta.dirname, 'tempo'),
    tags: 'purego',
    announce: 'Tempo, in about 2 minutes',
    variable: 'CLEW_TEMPO_PROGRAM',
    installed: 'tempo',
  })
}

/** Prometheus: `CLEW_PROMETHEUS_PROGRAM`, or `prometheus` on PATH. */
export function prometheusProgram(): FoundProgram {
  const path = namedProgram('CLEW_PROMETHEUS_PROGRAM') ?? findProgram('prometheus')
  if (path !== undefined) return { path }
  return { missing: 'no Prometheus: set CLEW_PROMETHEUS_PROGRAM to one, or install it (apt-get install prometheus)' }
}

/**
 * All four, one after the other, since a build of Loki alone takes 2.4 GB of memory.
 *
 * @returns `missing`, a line for each that is not here and can't be built.
 * @throws when a build fails.
 */
export async function stackPrograms(): Promise<StackPrograms | { readonly missing: string }> {
  const collector = await collectorProgram()
  const loki = await lokiProgram()
  const tempo = await tempoProgram()
  const prometheus = prometheusProgram()
  if ('path' in collector && 'path' in loki && 'path' in tempo && 'path' in prometheus) {
    return { collector: collector.path, loki: loki.path, tempo: tempo.path, prometheus: prometheus.path }
  }
  const missing = [collector, loki, tempo, prometheus].flatMap((found) => ('missing' in found ? [found.missing] : []))
  return { missing: missing.join('\n') }
}
