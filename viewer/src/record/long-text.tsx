import { useSignal } from '@preact/signals'
import { sizeText } from '../text/count.ts'
import { visibleText } from '../text/visible.ts'

const FIRST = 4_000
const EACH_TIME_MORE = 10

/** A text of any length: its beginning, and more on request, so that 10 MB cannot stop the page. */
export function LongText({ text, mono = true }: { text: string; mono?: boolean }) {
  const limit = useSignal(FIRST)
  const rest = text.length - limit.value
  return (
    <div class="long-text" data-mono={mono}>
      <bdi>{visibleText(text.slice(0, limit.value))}</bdi>
      {rest > 0 && (
        <button type="button" class="link" onClick={() => (limit.value *= EACH_TIME_MORE)}>
          … {sizeText(rest)} more
        </button>
      )}
    </div>
  )
}
