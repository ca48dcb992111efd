import { useEffect, useRef } from 'preact/hooks'
import { Icon } from '../controls/icon.tsx'
import { MOST_ROWS } from '../logs/feed.ts'
import { countText } from '../text/count.ts'

const KEYS: readonly (readonly [string, string])[] = [
  ['/', 'Search'],
  ['j  k', 'Next, previous row (also ↓ ↑)'],
  ['Enter', 'Open the row'],
  ['Esc', 'Close; leave the search box'],
  ['← →', 'Fold, unfold a span'],
  ['l', 'Pause or resume the live tail'],
  ['g', 'To the newest record'],
  ['?', 'This help'],
]

const WORDS: readonly (readonly [string, string])[] = [
  ['card declined', 'records in which both words occur'],
  ['level:error', 'exactly this level'],
  ['level:>=warn', 'this level and above'],
  ['module:orders', 'one component'],
  ['user:u-7  tenant:acme', 'one user, one tenant'],
  ['session:…  request:…', 'one session, one request'],
  ['trace:…  service:shop', 'one trace, one service'],
]

/** What the keyboard and the search box understand. */
export function HelpOverlay({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog class="help" ref={dialog} aria-labelledby="help-title" onClose={onClose} data-own-keys>
      <div class="help-head">
        <h2 id="help-title">Keyboard and search</h2>
        <button type="button" class="icon-button" aria-label="Close help" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </div>
      <div class="help-columns">
        <dl>
          {KEYS.map(([key, what]) => (
            <div key={key}>
              <dt>
                {key.split('  ').map((one) => (
                  <kbd key={one}>{one}</kbd>
                ))}
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <dl>
          {WORDS.map(([word, what]) => (
            <div key={word}>
              <dt>
                <code>{word}</code>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
      </div>
      <p>
        Space or Enter turns a filter into a chip. Drag across the histogram to look at a part of it. This page keeps
        the newest {countText(MOST_ROWS)} records; the store has the rest.
      </p>
    </dialog>
  )
}
