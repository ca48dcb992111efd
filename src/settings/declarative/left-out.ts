import type { DeclarativeFile } from './declarative-file.ts'

/** What is done instead of what clew does not build, by the end of its place. The first that fits holds. */
const INSTEAD: readonly (readonly [RegExp, string])[] = [
  [
    /\.(schedule_delay|export_timeout|max_queue_size|max_export_batch_size(\/development)?)$/,
    'not used: what is said waits in the spool, and goes out as soon as the receiver takes it (docs/options.md, spool)',
  ],
  [/\.exporter\.(otlp_http|otlp_grpc)$/, 'left out: each signal goes to one receiver, the first in the list'],
  [/\.exporter\.console$/, 'left out: the console is written to once'],
  [/\.exporter\.[^.]+$/, 'left out: clew exports by otlp_http, otlp_grpc and to the console'],
  [/\.pull$/, 'left out: metrics are sent, not pulled'],
  [/\.processors\[\d+\]\.[^.]+$/, 'left out: of processors clew builds batch and simple; others go into init()'],
  [
    /sampler(\.[^.]+)*\.[^.]+$/,
    'not built; in its place traces are sampled as their parent is, and all that have none',
  ],
  [/^propagator\./, 'left out: clew knows tracecontext, baggage, b3 and b3multi; others go into init()'],
  [/^tracer_provider\.id_generator\./, 'ids are random'],
  [/temporality_preference$/, 'cumulative is used'],
  [/default_histogram_aggregation$/, 'explicit_bucket_histogram is used'],
  [/^meter_provider\.views$/, 'left out: each instrument keeps its own aggregation and attributes'],
  [/^meter_provider\.exemplar_filter$/, 'not used: the metrics SDK decides'],
  [/value_length_limit$/, 'not used: strings are cut at 32,768 characters'],
  [/_limit$/, 'not used: of limits clew has those of attributes, events and links of a span'],
  [/minimum_severity$/, 'the first severity of this level is used'],
  [/^log_level$/, 'not used: of itself clew says all there is to say; the level of records is LOG_LEVEL'],
  [/\.detectors\[\d+\]\.[^.]+$/, 'left out: clew finds out about container, host, process and service'],
]
const ELSE = 'left out: clew has nothing like it'

/** All that the file asks for and clew does not do, as one message; undefined when it does all of it. */
export function describeLeftOut(file: DeclarativeFile): string | undefined {
  const byReason = new Map<string, string[]>()
  for (const place of file.content.unasked()) {
    const reason = INSTEAD.find(([end]) => end.test(place))?.[1] ?? ELSE
    byReason.set(reason, [...(byReason.get(reason) ?? []), file.where(place)])
  }
  const lines = [...byReason].map(([reason, places]) => `  ${places.join(', ')}: ${reason}`)
  if (file.newerFormat !== undefined)
    lines.unshift(`  ${file.where('file_format')}: ${file.newerFormat} is newer than 1.1; what it added is not read`)
  return lines.length === 0 ? undefined : `not everything in ${file.path} is done as it says:\n${lines.join('\n')}`
}
