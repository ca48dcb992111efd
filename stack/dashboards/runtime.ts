import { build } from './board.ts'
import { bars, graph, logs, value } from './panels.ts'
import { counted, countedNow, metric, metricNow, metricRows, records } from './queries.ts'
import { countAll, countEach, ofProcess, streams } from './selectors.ts'
import { seriesTable } from './tables.ts'
import { chosenByMetrics, chosenInstance } from './variables.ts'

const PROCESS = '{{job}} {{host_name}}/{{process_pid}}'
const each = ofProcess
const perSecond = (name: string, labels = ''): string => each(name, labels, '[$__rate_interval]')
const LIFECYCLE = streams('', '| scope_name="system" | event_name=~"STARTUP|READY|SHUTDOWN|STOPPED"')
const CRASHES = streams('level="CRITICAL"', '| scope_name="process"')

const now = [
  value({
    title: 'Processes',
    description: 'Processes that send metrics. One that ended stays for up to 10 minutes.',
    unit: 'short',
    width: 6,
    queries: [metricNow(`count(${each('process_uptime_seconds')})`)],
  }),
  value({
    title: 'Youngest process',
    description: 'How long the youngest one runs. Always young: a process crashes and is started again; see “Crashes”.',
    unit: 's',
    width: 6,
    queries: [metricNow(`min(${each('process_uptime_seconds')})`)],
  }),
  value({
    title: 'Busiest event loop',
    description:
      'Share of its time in which the busiest process could not take anything new. Above 80 %: run more processes, or move work to worker threads.',
    unit: 'percentunit',
    width: 6,
    warn: 0.6,
    bad: 0.8,
    queries: [metricNow(`max(${each('nodejs_eventloop_utilization_ratio')})`)],
  }),
  value({
    title: 'Crashes',
    description: 'Exceptions and rejections that nobody caught. Read them at the bottom; each ends a process.',
    unit: 'short',
    width: 6,
    bad: 1,
    noValue: '0',
    queries: [countedNow(countAll(CRASHES))],
  }),
]

const loop = [
  graph({
    title: 'Event loop delay',
    description:
      'How late timers came in 99 of 100 cases, since the last export. Above 100 ms everybody waits: look in traces for operations without anything below them, and for large JSON.',
    unit: 's',
    width: 12,
    warn: 0.1,
    bad: 0.5,
    queries: [metric(each('nodejs_eventloop_delay_p99_seconds'), PROCESS)],
  }),
  graph({
    title: 'Event loop utilisation',
    description:
      'Share of its time in which a process worked. It may be high; near 100 % everything gets slower at once.',
    unit: 'percentunit',
    width: 12,
    max: 1,
    warn: 0.6,
    bad: 0.8,
    queries: [metric(each('nodejs_eventloop_utilization_ratio'), PROCESS)],
  }),
  graph({
    title: 'Processor',
    description:
      'Processors that a process keeps busy: 1 is one of them. More than 1 are worker threads, compression or garbage collection.',
    unit: 'short',
    width: 12,
    queries: [metric(`sum by (job, host_name, process_pid) (${perSecond('process_cpu_time_seconds_total')})`, PROCESS)],
  }),
  graph({
    title: 'Longest delay of the event loop',
    description:
      'The one worst delay since the last export. Single peaks are often garbage collections; compare with “Time in garbage collection”.',
    unit: 's',
    width: 12,
    warn: 0.5,
    bad: 2,
    queries: [metric(each('nodejs_eventloop_delay_max_seconds'), PROCESS)],
  }),
]

const memory = [
  graph({
    title: 'Heap in use',
    description:
      'Objects of JavaScript. A line that rises for hours and never falls is a leak: take a heap snapshot before the limit is reached.',
    unit: 'bytes',
    width: 8,
    queries: [metric(`sum by (job, host_name, process_pid) (${each('v8js_memory_heap_used_bytes')})`, PROCESS)],
  }),
  graph({
    title: 'Heap in use, of its limit',
    description:
      'Near 100 % the process spends its time in garbage collection, and ends: raise --max-old-space-size, or find what is kept.',
    unit: 'percentunit',
    width: 8,
    max: 1,
    warn: 0.7,
    bad: 0.9,
    queries: [
      metric(
        `sum by (job, host_name, process_pid) (${each('v8js_memory_heap_used_bytes')}) / sum by (job, host_name, process_pid) (${each('v8js_memory_heap_limit_bytes')})`,
        PROCESS,
      ),
    ],
  }),
  graph({
    title: 'Memory of the process',
    description: 'All of its memory (RSS). When it grows and the heap does not, buffers or native libraries hold it.',
    unit: 'bytes',
    width: 8,
    queries: [metric(each('process_memory_usage_bytes'), PROCESS)],
  }),
  graph({
    title: 'Time in garbage collection',
    description: 'Share of time. Above 10 %: the heap is near its limit, or far too much garbage is made.',
    unit: 'percentunit',
    width: 8,
    warn: 0.05,
    bad: 0.1,
    queries: [metric(`sum by (job, host_name, process_pid) (${perSecond('v8js_gc_duration_seconds_sum')})`, PROCESS)],
  }),
  graph({
    title: 'Garbage collections by kind',
    description:
      'Collections per second. Many “major” ones: objects live too long for the young generation, or the heap is nearly full.',
    unit: 'ops',
    width: 8,
    queries: [metric(`sum by (v8js_gc_type) (${perSecond('v8js_gc_duration_seconds_count')})`, '{{v8js_gc_type}}')],
  }),
  graph({
    title: 'Heap by space',
    description:
      'Where the heap’s memory is. “old_space” that grows is what is kept; “large_object_space” are long arrays and strings.',
    unit: 'bytes',
    width: 8,
    queries: [
      metric(`sum by (v8js_heap_space_name) (${each('v8js_memory_heap_used_bytes')}) > 0`, '{{v8js_heap_space_name}}'),
    ],
  }),
]

const lifecycle = [
  bars({
    title: 'Starts and ends',
    description:
      'STARTUP, READY, SHUTDOWN and STOPPED. A STARTUP without a STOPPED before it: the process was killed or crashed. A STARTUP without READY: it did not get that far.',
    unit: 'short',
    width: 10,
    colors: { STARTUP: 'blue', READY: 'green', SHUTDOWN: 'yellow', STOPPED: 'red' },
    queries: [counted(countEach('event_name', LIFECYCLE), '{{event_name}}')],
  }),
  seriesTable({
    title: 'What runs where',
    description:
      'What runs where, in which version, for how long. Two versions at once: a release is under way, or got stuck.',
    width: 14,
    queries: [
      metricRows(
        `max by (job, service_version, host_name, process_pid, process_runtime_version) (${ofProcess('process_uptime_seconds', '', '', 'service_version, host_name, process_pid, process_runtime_version')})`,
      ),
    ],
    columns: [
      { from: 'job', title: 'Service' },
      { from: 'service_version', title: 'Version', width: 100 },
      { from: 'host_name', title: 'Host' },
      { from: 'process_pid', title: 'Process', width: 90 },
      { from: 'process_runtime_version', title: 'Node', width: 100 },
      { from: 'Value #A', title: 'Runs for', unit: 's', width: 120 },
    ],
    sortBy: 'Runs for',
  }),
  logs({
    title: 'How processes began and ended',
    description:
      'With every setting that is no default in STARTUP, how long each part took to close in SHUTDOWN, and the exit code in STOPPED.',
    width: 24,
    height: 8,
    queries: [records(LIFECYCLE)],
  }),
  logs({
    title: 'Crashes, one by one',
    description:
      'Exceptions and rejections that nobody caught, with their stacks. Fix the first one; the rest often follow from it.',
    width: 24,
    height: 8,
    queries: [records(CRASHES)],
  }),
]

/** How the Node processes fare. */
export const runtime = build({
  name: 'runtime',
  title: 'Runtime',
  description:
    'How the Node processes fare: event loop, processor, memory, garbage collection; when they began and ended.',
  variables: [...chosenByMetrics, chosenInstance],
  rows: { Now: now, 'Event loop and processor': loop, Memory: memory, 'Beginnings and ends': lifecycle },
})
