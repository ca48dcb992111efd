import { build } from './board.ts'
import { logsLink, traceLink, VALUE } from './links.ts'
import { bars, graph, logs, value } from './panels.ts'
import { counted, countedNow, metric, metricNow, metricRows, records } from './queries.ts'
import { countAll, countEach, increase, quantile, rate, series, streams } from './selectors.ts'
import { recordTable, seriesTable } from './tables.ts'
import { chosenByMetrics } from './variables.ts'

const COMMANDS = 'db_client_operation_duration_seconds'
const COUNT = `${COMMANDS}_count`
const OF_REDIS = 'db_system_name="redis"'
const FAILED = `${OF_REDIS}, error_type!=""`
const RECORDS = '| scope_name="redis"'
const SLOW = streams('level="WARNING"', `${RECORDS} |= \`slow Redis command\``)
const CONNECTIONS = streams('', `${RECORDS} | event_name=~"redis\\\\..+"`)
const TROUBLE = streams('level=~"WARNING|ERROR|CRITICAL"', RECORDS)

const now = [
  value({
    title: 'Commands per second',
    description:
      'Commands of the chosen services now. When it falls to nothing while requests go on: look at connections below.',
    unit: 'ops',
    width: 6,
    queries: [metricNow(`sum(${rate(COUNT, OF_REDIS)})`)],
  }),
  value({
    title: 'Failed commands',
    description: 'Share of commands that failed. Above nothing: “Failures by kind” says why.',
    unit: 'percentunit',
    width: 6,
    warn: 0.000_1,
    bad: 0.01,
    queries: [metricNow(`(sum(${rate(COUNT, FAILED)}) or vector(0)) / sum(${rate(COUNT, OF_REDIS)})`)],
  }),
  value({
    title: 'Commands without an answer',
    description:
      'Commands that wait for their answer now. When it stays high, the server is busy or the connection is gone.',
    unit: 'short',
    width: 6,
    warn: 100,
    bad: 1000,
    queries: [metricNow(`sum(${series('clew_redis_pending_commands')})`)],
  }),
  value({
    title: 'Open connections',
    description:
      'Connections to Redis that stand. Fewer than processes times clients: some can’t connect; their records are at the bottom.',
    unit: 'short',
    width: 6,
    queries: [metricNow(`sum(${series('db_client_connection_count')})`)],
  }),
]

const commands = [
  graph({
    title: 'Commands by service',
    description: 'Commands per second. A rise without more requests is a loop, or a cache that misses.',
    unit: 'ops',
    width: 8,
    queries: [metric(`sum by (job) (${rate(COUNT, OF_REDIS)})`, '{{job}}')],
  }),
  graph({
    title: 'Commands by name',
    description:
      'Commands per second of the ten that are used most. KEYS, or a SCAN that never ends, does not belong here.',
    unit: 'ops',
    width: 8,
    queries: [metric(`topk(10, sum by (db_operation_name) (${rate(COUNT, OF_REDIS)}))`, '{{db_operation_name}}')],
  }),
  graph({
    title: 'Duration by command',
    description:
      '95 % of a command take less; the ten slowest. All at once: the server or the network. One alone: its keys are large. Click a point and open its trace.',
    unit: 's',
    width: 8,
    warn: 0.05,
    bad: 0.1,
    queries: [
      metric(
        `topk(10, ${quantile(0.95, COMMANDS, { by: 'db_operation_name', labels: OF_REDIS })})`,
        '{{db_operation_name}}',
        { exemplar: true },
      ),
    ],
  }),
  seriesTable({
    title: 'Commands',
    description:
      'Each command in the time that is shown. What takes long and is used often is where work on speed pays.',
    width: 12,
    queries: [
      metricRows(`sum by (job, db_operation_name) (${increase(COUNT, OF_REDIS)})`),
      metricRows(quantile(0.5, COMMANDS, { by: 'job, db_operation_name', labels: OF_REDIS, whole: true })),
      metricRows(quantile(0.95, COMMANDS, { by: 'job, db_operation_name', labels: OF_REDIS, whole: true })),
    ],
    columns: [
      { from: 'job', title: 'Service' },
      { from: 'db_operation_name', title: 'Command' },
      { from: 'Value #A', title: 'Times', width: 100 },
      { from: 'Value #B', title: '50 % below', unit: 's', width: 110 },
      { from: 'Value #C', title: '95 % below', unit: 's', width: 110 },
    ],
    sortBy: '95 % below',
  }),
  graph({
    title: 'Failures by kind',
    description:
      'Commands that failed per second, by the server’s code or the client’s error. WRONGTYPE, ERR: the program’s fault. OOM, READONLY, LOADING: the server’s state. ECONNREFUSED and the like: it is not there.',
    unit: 'ops',
    width: 12,
    queries: [
      metric(
        `sum by (job, db_operation_name, error_type) (${rate(COUNT, FAILED)})`,
        '{{job}}: {{db_operation_name}} {{error_type}}',
      ),
    ],
  }),
]

const slow = [
  recordTable({
    title: 'Slow commands',
    description:
      'Commands that took longer than the limit (redis.slowMillis, 100 ms). The key’s pattern says which data; the trace says who asked.',
    width: 16,
    height: 9,
    queries: [records(SLOW, 200)],
    columns: [
      { from: 'Time', title: 'Time', width: 180 },
      { from: 'service_name', title: 'Service', width: 130 },
      { from: 'clew_operation', title: 'Command', width: 110 },
      { from: 'clew_redis_key_pattern', title: 'Keys' },
      { from: 'clew_duration_ms', title: 'Duration', unit: 'ms', width: 110 },
      { from: 'session_id', title: 'Session', link: logsLink('Its records', { session: VALUE }) },
      { from: 'trace_id', title: 'Trace', link: traceLink },
    ],
  }),
  value({
    title: 'Slow commands in all',
    description:
      'How many there were in the time that is shown. Many of one kind of key: split the value, or read less of it at once.',
    unit: 'short',
    width: 8,
    height: 9,
    warn: 1,
    bad: 100,
    noValue: '0',
    queries: [countedNow(countAll(SLOW))],
  }),
]

const connections = [
  bars({
    title: 'Connections come and go',
    description:
      'Connects, reconnects, losses and attempts that failed. Losses and reconnects in step with each other: the server restarts or a proxy cuts idle connections.',
    unit: 'short',
    width: 12,
    colors: {
      'redis.connected': 'green',
      'redis.reconnected': 'yellow',
      'redis.disconnected': 'blue',
      'redis.connection_failed': 'red',
    },
    queries: [counted(countEach('event_name', CONNECTIONS), '{{event_name}}')],
  }),
  graph({
    title: 'Time to connect',
    description:
      '95 % of the connections that were made so far stood after less; they are too few for a rate. When it rises, the server is busy, or its name takes long to be found.',
    unit: 's',
    width: 12,
    queries: [
      metric(
        `histogram_quantile(0.95, sum by (le, job) (${series('db_client_connection_create_time_seconds_bucket')}))`,
        '{{job}}',
      ),
    ],
  }),
  logs({
    title: 'Failures, slow commands, lost connections',
    description: 'What the clients said at WARNING and above, with the stack of the caller.',
    width: 24,
    queries: [records(TROUBLE)],
  }),
]

/** What services ask of Redis, and how it answers. */
export const redis = build({
  name: 'redis',
  title: 'Redis',
  description: 'What services ask of Redis, how long it takes, what fails, and the connections.',
  variables: chosenByMetrics,
  rows: { Now: now, Commands: commands, 'Slow commands': slow, Connections: connections },
})
