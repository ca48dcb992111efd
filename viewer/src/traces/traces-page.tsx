import { signal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { comebacks, health } from '../api/connection.ts'
import type { TracesAnswer, TraceSummary } from '../api/contract.ts'
import { requestJson } from '../api/request.ts'
import { Menu } from '../controls/menu.tsx'
import { Notice } from '../controls/notice.tsx'
import { RangePicker } from '../controls/range-picker.tsx'
import { FirstSteps } from '../logs/first-steps.tsx'
import { changeParams, route } from '../route/route.ts'
import { countOf } from '../text/count.ts'
import { visibleLine } from '../text/visible.ts'
import { presetOf, rangeOf } from '../time/range.ts'
import { TraceList } from './trace-list.tsx'

const PAGE = 200
const REFRESH_MILLIS = 3_000

/** Services of every trace seen so far: what the menu offers. */
const services = signal<readonly string[]>([])

/** The recent traces, newest first, read again every few seconds. */
export function TracesPage() {
  const { params } = route.value
  const service = params.get('service') ?? ''
  const key = ['service', 'range', 'from', 'to'].map((name) => params.get(name)).join()
  const traces = useSignal<readonly TraceSummary[] | null>(null)
  const error = useSignal<Error | null>(null)
  const more = useSignal(false)
  const pages = useRef(1)

  const read = async (older: boolean, abort?: AbortSignal) => {
    const { from, to } = rangeOf(route.peek().params)
    const shown = traces.peek() ?? []
    const before = older ? Date.parse(shown.at(-1)?.start ?? '') + 1 : to
    try {
      const answer = await requestJson<TracesAnswer>('traces', { limit: PAGE, from, to: before, service }, abort)
      const known = new Set(answer.traces.map(({ trace_id }) => trace_id))
      const others = shown.filter(({ trace_id }) => !known.has(trace_id))
      const keep = older || pages.current > 1
      if (older || pages.current === 1) more.value = answer.traces.length === PAGE
      traces.value = keep ? [...others, ...answer.traces].sort((a, b) => (a.start < b.start ? 1 : -1)) : answer.traces
      if (older) pages.current++
      error.value = null
      remember(answer.traces)
    } catch (reason) {
      if (!abort?.aborted) error.value = reason as Error
    }
  }
  useEffect(() => {
    const abort = new AbortController()
    traces.value = null
    pages.current = 1
    void read(false, abort.signal)
    const timer = setInterval(() => document.hidden || void read(false, abort.signal), REFRESH_MILLIS)
    return () => {
      abort.abort()
      clearInterval(timer)
    }
  }, [key, comebacks.value])

  const list = traces.value
  return (
    <div class="logs">
      <div class="logs-main">
        <div class="filter-bar">
          <h1 class="page-title">Traces</h1>
          <Menu
            name="Service"
            value={service}
            shown={service === '' ? 'all' : visibleLine(service, 24)}
            choices={[
              { value: '', text: 'all', label: 'All services' },
              ...services.value.map((name) => ({ value: name, text: name, label: visibleLine(name, 48) })),
            ]}
            onChoose={(value) => changeParams({ service: value })}
          />
          <RangePicker />
        </div>
        <TraceList traces={list ?? []}>
          {error.value && list === null && (
            <Notice title="The traces could not be read" alert>
              {error.value.message}
            </Notice>
          )}
          {list?.length === 0 && <NoTraces />}
          {more.value && (
            <button type="button" class="button more" onClick={() => void read(true)}>
              Older traces
            </button>
          )}
        </TraceList>
        <footer class="status">
          <span role="status">{list && countOf(list.length, 'trace')}</span>
          <span class="status-keys" aria-hidden="true">
            <kbd>j</kbd> <kbd>k</kbd> move <kbd>Enter</kbd> open <kbd>?</kbd> help
          </span>
        </footer>
      </div>
    </div>
  )
}

function NoTraces() {
  if (health.value?.store.spans === 0 && health.value.store.logs === 0) return <FirstSteps />
  const all = presetOf(route.value.params) === 'all'
  return (
    <Notice
      title="No trace in this time range"
      {...(all
        ? {}
        : { action: { name: 'Show all time', run: () => changeParams({ range: 'all', from: null, to: null }) } })}
    >
      {health.value?.store.spans === 0 ? 'No span was received yet: ' : ''}
      HTTP, WebSocket and Redis spans come by themselves after <code>init()</code>; <code>log.operation()</code> makes
      your own.
    </Notice>
  )
}

function remember(traces: readonly TraceSummary[]): void {
  const names = new Set(services.peek())
  for (const { service } of traces) if (service) names.add(service)
  if (names.size > services.peek().length) services.value = [...names].sort()
}
