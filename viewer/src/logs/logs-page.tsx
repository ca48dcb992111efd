import { signal, useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useMemo } from 'preact/hooks'
import { comebacks, health } from '../api/connection.ts'
import type { LogRecord } from '../api/contract.ts'
import { UnreachableError } from '../api/request.ts'
import { Notice } from '../controls/notice.tsx'
import { Icon } from '../controls/icon.tsx'
import { bindKeys } from '../keyboard/keyboard.ts'
import { clearedFilters, filterKey, filterQuery, isNarrowed } from '../query/filters.ts'
import { RecordPanel } from '../record/record-panel.tsx'
import { changeParams, route } from '../route/route.ts'
import { countOf } from '../text/count.ts'
import { presetOf, rangeOf } from '../time/range.ts'
import { FilterBar } from './filter-bar.tsx'
import { FirstSteps } from './first-steps.tsx'
import { LogFeed } from './feed.ts'
import { Histogram } from './histogram.tsx'
import { followInto, live } from './live.ts'
import { LogList } from './log-list.tsx'
import { LogStatus } from './log-status.tsx'
import { useHistogram } from './use-histogram.ts'

const atTop = signal(true)

/** The logs: live, searched, narrowed; one of them opened at the side. */
export function LogsPage() {
  const { params } = route.value
  const key = filterKey(params)
  const feed = useMemo(() => new LogFeed(), [])
  const opened = useSignal(false)
  const canFollow = rangeOf(params).to === null
  const following = canFollow && live.value
  const openId = params.get('record')
  // Under a reader who looks at one record, or at older ones, the rows stay where they are.
  feed.hold = !atTop.value || openId !== null

  useEffect(() => {
    opened.value = false
    document.querySelector('.logs .grid')?.scrollTo({ top: 0 })
    atTop.value = true
    void feed.open(filterQuery(params)).then(() => (opened.value = true))
  }, [key])
  useEffect(() => (following ? followInto(feed, filterQuery(params)) : undefined), [key, following])
  useEffect(() => void (comebacks.value > 0 && feed.error.value && feed.open(filterQuery(params))), [comebacks.value])

  const open = (record: LogRecord) => changeParams({ record: record.id }, openId !== null)
  const close = () => changeParams({ record: null })
  const toTop = () => {
    feed.release()
    document.querySelector('.logs .grid')?.scrollTo({ top: 0 })
  }
  useLayoutEffect(() => bindKeys({ l: () => (live.value = !live.value), g: toTop }), [])
  useLayoutEffect(() => (openId === null ? undefined : bindKeys({ Escape: close })), [openId])
  useEffect(() => {
    if (openId === null && atTop.value) feed.release()
  }, [openId])

  const histogram = useHistogram(key, following ? feed.rows : null)
  const scrolled = (top: boolean) => {
    atTop.value = top
    if (top && openId === null) feed.release()
  }
  return (
    <div class="logs" data-panel={openId !== null}>
      <div class="logs-main">
        <h1 class="unseen">Logs</h1>
        <FilterBar canFollow={canFollow} />
        <Histogram scale={histogram} />
        <div class="list">
          {feed.waiting.value.length > 0 && (
            <button type="button" class="pill" onClick={toTop}>
              <Icon name="up" />
              {countOf(feed.waiting.value.length, 'new record')}
            </button>
          )}
          <LogList
            name="Logs"
            rows={feed.rows.value}
            openId={openId}
            onOpen={open}
            onNearEnd={() => void feed.loadMore()}
            onTop={scrolled}
          >
            <ListEnd feed={feed} opened={opened.value} />
          </LogList>
        </div>
        <LogStatus feed={feed} following={following} />
      </div>
      {openId !== null && (
        <RecordPanel id={openId} known={feed.rows.value.find(({ id }) => id === openId)} onClose={close} />
      )}
    </div>
  )
}

/** What stands in place of rows, or why there are no rows. */
function ListEnd({ feed, opened }: { feed: LogFeed; opened: boolean }) {
  const { params } = route.value
  const { value: error } = feed.error
  // With rows in sight the banner above says enough: the server is away, and comes back.
  if (error && !(error instanceof UnreachableError && feed.rows.value.length > 0)) {
    return (
      <Notice
        title="These logs could not be read"
        alert
        action={{ name: 'Try again', run: () => void feed.open(filterQuery(params)) }}
      >
        {error.message}
      </Notice>
    )
  }
  if (feed.rows.value.length > 0 || feed.loading.value || !opened) return null
  if (health.value?.store.logs === 0) return <FirstSteps />
  if (isNarrowed(params)) {
    return (
      <Notice title="No record matches" action={{ name: 'Clear filters', run: () => changeParams(clearedFilters()) }}>
        Every word and every filter must match. Fewer words, or a longer time range, may find more.
      </Notice>
    )
  }
  const all = presetOf(params) === 'all'
  return (
    <Notice
      title="Nothing in this time range"
      {...(all
        ? {}
        : { action: { name: 'Show all time', run: () => changeParams({ range: 'all', from: null, to: null }) } })}
    >
      {health.value ? `${countOf(health.value.store.logs, 'record is', 'records are')} stored.` : ''} New ones appear
      here as they arrive.
    </Notice>
  )
}
