import type { Edit } from './edit-yaml.ts'
import { daysOf, type Kept, type StackSettings } from './stack-settings.ts'

const CLASSES = ['audit', 'error', 'warning', 'info', 'debug'] as const
const KEPT: readonly Kept[] = [...CLASSES, 'traces', 'metrics']
/** What picks the streams of a class in Loki (its other labels are in stack/loki/loki.yaml). */
const SELECTORS: Readonly<Record<(typeof CLASSES)[number], string>> = {
  audit: '{channel="audit"}',
  error: '{level=~"ERROR|CRITICAL"}',
  warning: '{level="WARNING"}',
  info: '{level="INFO"}',
  debug: '{level=~"DEBUG|TRACE"}',
}
/** The services of the compose file that are collectors. */
const COLLECTORS = ['collector', 'collector-from-kafka']
const HOURS_A_DAY = 24
const BYTES_A_MEGABYTE = 1_048_576
/** The container has more than the collector's own limit, which is looked at once a second; rounded up to so many megabytes. */
const CONTAINER_SHARE = 1.25
const CONTAINER_STEP = 64

/** Which settings stand where: for each file the values at their paths. A path that is not in its file is an error. */
export const SETTING_PLACES: Readonly<Record<string, (settings: StackSettings) => readonly Edit[]>> = {
  'collector-config.yaml': ({ retention, files }) =>
    KEPT.flatMap((kept) => {
      const rotation = ['exporters', `file/${kept}`, 'rotation']
      return [
        { path: [...rotation, 'max_megabytes'], value: files.maxMegabytes },
        { path: [...rotation, 'max_days'], value: daysOf(retention[kept]) },
        { path: [...rotation, 'max_backups'], value: files.maxBackups[kept] },
      ]
    }),
  'stack/loki/loki.yaml': ({ retention }) => [
    { path: ['limits_config', 'retention_period'], value: inDays(retention.info) },
    ...CLASSES.map((one) => ({
      path: ['limits_config', 'retention_stream', { item: { selector: SELECTORS[one] } }, 'period'],
      value: inDays(retention[one]),
    })),
  ],
  'stack/tempo/tempo.yaml': ({ retention }) => [
    // Tempo knows no days.
    { path: ['compactor', 'compaction', 'block_retention'], value: `${daysOf(retention.traces) * HOURS_A_DAY}h` },
  ],
  'docker-compose.yml': ({ retention, collector: { memoryMegabytes } }) => {
    const retentionFlag = '--storage.tsdb.retention.time='
    const container = Math.ceil((memoryMegabytes * CONTAINER_SHARE) / CONTAINER_STEP) * CONTAINER_STEP
    return [
      {
        path: ['services', 'prometheus', 'command', { begins: retentionFlag }],
        value: retentionFlag + inDays(retention.metrics),
      },
      ...COLLECTORS.flatMap((service) => [
        { path: ['services', service, 'environment', 'CLEW_MEMORY_LIMIT_MIB'], value: memoryMegabytes },
        { path: ['services', service, 'environment', 'GOMEMLIMIT'], value: `${memoryMegabytes}MiB` },
        { path: ['services', service, 'mem_limit'], value: `${container}m` },
      ]),
    ]
  },
  ...Object.fromEntries(CLASSES.map((one) => [`stack/elasticsearch/lifecycle/clew-logs-${one}.json`, lifecycle(one)])),
}

/** Elasticsearch deletes an index of one day as a whole, so a day later. */
function lifecycle(one: Kept): (settings: StackSettings) => readonly Edit[] {
  return ({ retention }) => {
    const days = daysOf(retention[one])
    const description = `${one}: each record is kept ${days} days. A day goes as a whole, when its last record is that old`
    return [
      { path: ['policy', '_meta', 'description'], value: description },
      { path: ['policy', 'phases', 'delete', 'min_age'], value: `${days + 1}d` },
    ]
  }
}

/** The defaults of variables, in all files of the collector: `${env:NAME:-default}`. */
export function variableDefaults({ traces, collector }: StackSettings): Readonly<Record<string, number>> {
  return {
    CLEW_TRACE_PERCENT: traces.keepPercent,
    CLEW_SLOW_TRACE_MILLIS: traces.slowMillis,
    CLEW_QUEUE_BYTES: collector.queueMegabytes * BYTES_A_MEGABYTE,
    CLEW_MEMORY_LIMIT_MIB: collector.memoryMegabytes,
  }
}

function inDays(duration: string): string {
  return `${daysOf(duration)}d`
}
