import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { changeParams } from '../route/route.ts'
import { countOf, countText } from '../text/count.ts'
import { MOST_ROWS, type LogFeed } from './feed.ts'
import { arrivalRate, skipped } from './live.ts'

const SPOKEN_EVERY_MILLIS = 5_000

/** The line below the list: how much is shown, what arrives, and what is not here. */
export function LogStatus({ feed, following }: { feed: LogFeed; following: boolean }) {
  const rows = feed.rows.value
  return (
    <footer class="status">
      <span>
        {countOf(rows.length, 'record')}
        {feed.more.value && ', more below'}
      </span>
      {following && <span class="status-rate">{countText(arrivalRate.value)}/s</span>}
      {feed.loading.value && <span>Reading…</span>}
      {skipped.value > 0 && (
        <span class="status-warning">
          {countOf(skipped.value, 'record')} left out of the tail, too fast for this page; all are stored
        </span>
      )}
      {feed.capped.value && (
        <span>
          This page keeps the newest {countText(MOST_ROWS)}.{' '}
          <button type="button" class="link" onClick={() => older(rows.at(-1)?.timestamp)}>
            Go on with older ones
          </button>
        </span>
      )}
      <span class="status-keys" aria-hidden="true">
        <kbd>j</kbd> <kbd>k</kbd> move <kbd>Enter</kbd> open <kbd>l</kbd> live <kbd>?</kbd> help
      </span>
      <Spoken feed={feed} />
    </footer>
  )
}

/** The count for screen readers: now and then, and not each record. */
function Spoken({ feed }: { feed: LogFeed }) {
  const text = useSignal('')
  useEffect(() => {
    const say = () => (text.value = `${countOf(feed.rows.peek().length, 'record')} shown`)
    const timer = setInterval(say, SPOKEN_EVERY_MILLIS)
    return () => clearInterval(timer)
  }, [feed])
  return (
    <span class="unseen" role="status" aria-live="polite">
      {text.value}
    </span>
  )
}

function older(than: string | undefined): void {
  if (than !== undefined) changeParams({ from: null, to: String(Date.parse(than) + 1) })
}
