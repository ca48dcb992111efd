import { signal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { comebacks, health } from '../api/connection.ts'
import { SESSION_STATES, type Session, type SessionsAnswer } from '../api/contract.ts'
import { requestJson } from '../api/request.ts'
import { Icon } from '../controls/icon.tsx'
import { Menu } from '../controls/menu.tsx'
import { Notice } from '../controls/notice.tsx'
import { RangePicker } from '../controls/range-picker.tsx'
import { FirstSteps } from '../logs/first-steps.tsx'
import { changeParams, route } from '../route/route.ts'
import { countOf } from '../text/count.ts'
import { visibleLine } from '../text/visible.ts'
import { presetOf, rangeOf } from '../time/range.ts'
import { SessionList } from './session-list.tsx'
import { STATE_NAMES, StateTag } from './state-tag.tsx'

const PAGE = 200
const REFRESH_MILLIS = 3_000
const FILTERS = ['service', 'state', 'user', 'tenant'] as const

/** Services of every session seen so far: what the menu offers. */
const services = signal<readonly string[]>([])

/** WebSocket sessions, the newest beginning first, read again every few seconds. */
export function SessionsPage() {
  const { params } = route.value
  const key = [...FILTERS, 'range', 'from', 'to'].map((name) => params.get(name)).join()
  const sessions = useSignal<readonly Session[] | null>(null)
  const error = useSignal<Error | null>(null)
  const cursor = useSignal<string | null>(null)
  const pages = useRef(1)

  const read = async (older: boolean, abort?: AbortSignal) => {
    const given = route.peek().params
    const query = Object.fromEntries(FILTERS.map((name) => [name, given.get(name)]))
    const place = older ? { cursor: cursor.peek() } : {}
    try {
      const answer = await requestJson<SessionsAnswer>(
        'sessions',
        { ...query, ...rangeOf(given), ...place, limit: PAGE },
        abort,
      )
      const known = new Set(answer.sessions.map(keyOf))
      const others = (sessions.peek() ?? []).filter((session) => !known.has(keyOf(session)))
      const keep = older || pages.current > 1
      if (older || pages.current === 1) cursor.value = answer.next_cursor
      sessions.value = keep
        ? [...others, ...answer.sessions].sort((a, b) => (a.began < b.began ? 1 : -1))
        : answer.sessions
      if (older) pages.current++
      error.value = null
      remember(answer.sessions)
    } catch (reason) {
      if (!abort?.aborted) error.value = reason as Error
    }
  }
  useEffect(() => {
    const abort = new AbortController()
    sessions.value = null
    pages.current = 1
    void read(false, abort.signal)
    const timer = setInterval(() => document.hidden || void read(false, abort.signal), REFRESH_MILLIS)
    return () => {
      abort.abort()
      clearInterval(timer)
    }
  }, [key, comebacks.value])

  const list = sessions.value
  return (
    <div class="logs">
      <div class="logs-main">
        <Filters />
        <SessionList sessions={list ?? []}>
          {error.value && list === null && (
            <Notice title="The sessions could not be read" alert>
              {error.value.message}
            </Notice>
          )}
          {list?.length === 0 && <NoSessions />}
          {cursor.value !== null && (
            <button type="button" class="button more" onClick={() => void read(true)}>
              Older sessions
            </button>
          )}
        </SessionList>
        <footer class="status">
          <span role="status">{list && countOf(list.length, 'session')}</span>
          <span class="status-keys" aria-hidden="true">
            <kbd>j</kbd> <kbd>k</kbd> move <kbd>Enter</kbd> open <kbd>?</kbd> help
          </span>
        </footer>
      </div>
    </div>
  )
}

/** Which sessions: by state, service and time; a user or tenant comes by a link, and can be taken away. */
function Filters() {
  const { params } = route.value
  const service = params.get('service') ?? ''
  const state = SESSION_STATES.find((one) => one === params.get('state'))
  return (
    <div class="filter-bar">
      <h1 class="page-title">Sessions</h1>
      <Menu
        name="State"
        value={state ?? ''}
        shown={state === undefined ? 'all' : STATE_NAMES[state]}
        choices={[
          { value: '', text: 'all', label: 'All states' },
          ...SESSION_STATES.map((one) => ({ value: one, text: STATE_NAMES[one], label: <StateTag state={one} /> })),
        ]}
        onChoose={(value) => changeParams({ state: value })}
      />
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
      {(['user', 'tenant'] as const).map((name) => (
        <Chip key={name} name={name} value={params.get(name) ?? ''} />
      ))}
    </div>
  )
}

function Chip({ name, value }: { name: string; value: string }) {
  if (value === '') return null
  const shown = visibleLine(value, 40)
  return (
    <span class="chip">
      <span class="chip-name">{name}</span>
      <span class="chip-value">{shown}</span>
      <button
        type="button"
        aria-label={`Remove filter ${name} ${shown}`}
        onClick={() => changeParams({ [name]: null })}
      >
        <Icon name="close" />
      </button>
    </span>
  )
}

function NoSessions() {
  const { params } = route.value
  if (health.value?.store.spans === 0 && health.value.store.logs === 0) return <FirstSteps />
  if (FILTERS.some((name) => params.has(name))) {
    const none = Object.fromEntries(FILTERS.map((name) => [name, null]))
    return <Notice title="No session matches" action={{ name: 'Clear filters', run: () => changeParams(none) }} />
  }
  const all = presetOf(params) === 'all'
  return (
    <Notice
      title="No session in this time range"
      {...(all
        ? {}
        : { action: { name: 'Show all time', run: () => changeParams({ range: 'all', from: null, to: null }) } })}
    >
      WebSocket connections of <code>ws</code>, Socket.IO and Node's own client become sessions by themselves after{' '}
      <code>init()</code>.
    </Notice>
  )
}

/** Two ends of a connection have the same session's id, and spans of their own. */
function keyOf({ session_id, trace_id, span_id, began }: Session): string {
  return `${session_id} ${trace_id ?? began} ${span_id}`
}

function remember(sessions: readonly Session[]): void {
  const names = new Set(services.peek())
  for (const { service } of sessions) if (service) names.add(service)
  if (names.size > services.peek().length) services.value = [...names].sort()
}
