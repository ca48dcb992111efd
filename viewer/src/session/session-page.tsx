import { useSignal } from '@preact/signals'
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { LEVELS } from '../api/contract.ts'
import { RefusedError } from '../api/request.ts'
import { Notice } from '../controls/notice.tsx'
import { bindKeys } from '../keyboard/keyboard.ts'
import { addressOf, changeParams, goTo, route } from '../route/route.ts'
import { countOf, countText } from '../text/count.ts'
import { filterItems } from './item-text.ts'
import { ItemBar } from './item-bar.tsx'
import { ItemList } from './item-list.tsx'
import { ItemPanel } from './item-panel.tsx'
import { SessionCounts } from './session-counts.tsx'
import { MOST_ITEMS, itemKey, type SessionFeed } from './session-feed.ts'
import { SessionHead } from './session-head.tsx'
import { SessionTime } from './session-time.tsx'
import { timeLine } from './time-line.ts'
import { useSession } from './use-session.ts'

/** One session's whole life: how it is doing, when what happened, and each thing that did. */
export function SessionPage({ sessionId }: { sessionId: string }) {
  const { params } = route.value
  const feed = useSession(sessionId)
  const answer = feed.answer.value
  const items = feed.items.value
  const level = LEVELS.find((one) => one === params.get('min_level')) ?? null
  const [group, words] = [params.get('kind') ?? '', params.get('q') ?? '']
  const shown = useMemo(() => filterItems(items, { level, group, words }), [items, level, group, words])
  const line = useMemo(() => answer && timeLine(answer, Date.now()), [answer])
  const wish = useSignal<{ millis: number; turn: number } | null>(null)
  const turn = useRef(0)

  const openKey = params.get('item')
  const openItem = openKey === null ? undefined : items.find((item) => itemKey(item) === openKey)
  const close = () => changeParams({ item: null })
  useLayoutEffect(
    () => bindKeys({ Escape: openKey === null ? () => goTo(addressOf('sessions')) : close }),
    [openKey === null],
  )
  const counting = params.get('view') === 'statistics'
  return (
    <div class="logs" data-panel={openItem !== undefined}>
      <div class="logs-main session-page">
        <SessionHead sessionId={sessionId} answer={answer} />
        <Trouble feed={feed} />
        {line && <SessionTime line={line} onPick={(millis) => (wish.value = { millis, turn: turn.current++ })} />}
        {answer && <ItemBar counting={counting} items={items.length} />}
        {answer?.statistics && counting && <SessionCounts answer={answer} counts={answer.statistics} />}
        {answer && !counting && (
          <div class="list">
            <ItemList
              items={shown}
              openKey={openKey}
              onOpen={(item) => changeParams({ item: itemKey(item) }, openKey !== null)}
              wish={wish.value}
              follow={answer.state === 'open'}
            >
              {shown.length === 0 && items.length > 0 && (
                <Notice
                  title="Nothing of this session matches"
                  action={{ name: 'Clear filters', run: () => changeParams({ min_level: null, kind: null, q: null }) }}
                />
              )}
            </ItemList>
          </div>
        )}
        <Status feed={feed} shown={shown.length} />
      </div>
      {openItem && <ItemPanel key={openKey} item={openItem} onClose={close} />}
    </div>
  )
}

/** What stands in place of a session that is not there (yet). */
function Trouble({ feed }: { feed: SessionFeed }) {
  const error = feed.error.value
  if (feed.answer.value) return null
  if (!error) return <p class="hint-quiet">Reading…</p>
  const missing = error instanceof RefusedError && error.status === 404
  return (
    <Notice
      title={missing ? 'Nothing is known of this session' : 'This session could not be read'}
      alert
      action={{ name: 'Try again', run: () => feed.refresh() }}
    >
      {missing ? 'It may not have arrived yet, or may have been cleaned up.' : error.message}
    </Notice>
  )
}

function Status({ feed, shown }: { feed: SessionFeed; shown: number }) {
  const items = feed.items.value.length
  return (
    <footer class="status">
      <span role="status">
        {feed.answer.value &&
          (shown === items ? countOf(items, 'item') : `${countText(shown)} of ${countOf(items, 'item')}`)}
      </span>
      {feed.answer.value && !feed.complete.value && <span>Reading…</span>}
      {feed.capped.value && <span>This page keeps the first {countText(MOST_ITEMS)}; the rest is in the logs.</span>}
      {feed.answer.value && feed.error.value && <span class="status-warning">{feed.error.value.message}</span>}
      <span class="status-keys" aria-hidden="true">
        <kbd>j</kbd> <kbd>k</kbd> move <kbd>Enter</kbd> open <kbd>/</kbd> search <kbd>Esc</kbd> back
      </span>
    </footer>
  )
}
