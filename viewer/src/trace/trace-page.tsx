import { useSignal } from '@preact/signals'
import { useLayoutEffect, useMemo } from 'preact/hooks'
import { comebacks } from '../api/connection.ts'
import type { TraceAnswer } from '../api/contract.ts'
import { useAnswer } from '../api/use-answer.ts'
import { Notice } from '../controls/notice.tsx'
import { bindKeys } from '../keyboard/keyboard.ts'
import { RecordPanel } from '../record/record-panel.tsx'
import { changeParams, goTo, addressOf, route } from '../route/route.ts'
import { LogList } from '../logs/log-list.tsx'
import { countOf } from '../text/count.ts'
import { SpanPanel } from './span-panel.tsx'
import type { SpanNode } from './span-tree.ts'
import { TraceHead } from './trace-head.tsx'
import { modelTrace } from './trace-model.ts'
import { traceRows, type TraceRow } from './trace-rows.ts'
import { Waterfall } from './waterfall.tsx'

/** One trace: its spans with their logs in place, or its logs alone. */
export function TracePage({ traceId }: { traceId: string }) {
  const { params } = route.value
  const folded = useSignal<ReadonlySet<string>>(new Set())
  const again = useSignal(0)
  const { value: answer, error } = useAnswer<TraceAnswer>(
    `traces/${encodeURIComponent(traceId)}`,
    `${comebacks.value} ${again.value}`,
  )

  const model = useMemo(() => answer && modelTrace(answer), [answer])
  const inline = params.get('logs') !== 'hidden'
  const rows = useMemo(() => (model ? traceRows(model, folded.value, inline) : []), [model, folded.value, inline])

  const recordId = params.get('record')
  const node = model?.bySpanId.get(params.get('span') ?? '') ?? null
  const openKey = recordId !== null ? `r${recordId}` : node ? `s${node.span.span_id}` : null
  useLayoutEffect(() => bindKeys({ Escape: openKey === null ? () => goTo(addressOf('traces')) : close }), [openKey])

  const open = (row: TraceRow) => {
    if (row.kind === 'span') changeParams({ span: row.node.span.span_id, record: null }, openKey !== null)
    if (row.kind === 'record') changeParams({ record: row.placed.record.id, span: null }, openKey !== null)
  }
  const fold = ({ span }: SpanNode, to = !folded.value.has(span.span_id)) => {
    const next = new Set(folded.value)
    if (to) next.add(span.span_id)
    else next.delete(span.span_id)
    folded.value = next
  }
  const onlyLogs = params.get('view') === 'logs'
  const records = answer?.records ?? []
  return (
    <div class="logs" data-panel={openKey !== null}>
      <div class="logs-main">
        <TraceHead
          traceId={traceId}
          model={model}
          spans={answer?.spans.length ?? 0}
          logs={records.length}
          sessionId={answer ? sessionOf(answer) : null}
          onRefresh={() => again.value++}
        />
        {error && !model && (
          <Notice title="This trace could not be read" alert action={{ name: 'Try again', run: () => again.value++ }}>
            {error.message} A trace that has only begun may not have arrived yet.
          </Notice>
        )}
        {answer?.truncated && <p class="hint">More than 10,000 spans or logs: only the first are shown.</p>}
        {model && !onlyLogs && <Waterfall model={model} rows={rows} openKey={openKey} onOpen={open} onFold={fold} />}
        {model && onlyLogs && (
          <div class="list">
            <LogList
              name="Logs of this trace"
              rows={records}
              openId={recordId}
              onOpen={({ id }) => changeParams({ record: id, span: null }, openKey !== null)}
            >
              {records.length === 0 && (
                <Notice title="No logs in this trace">Records made inside a span carry its trace id.</Notice>
              )}
            </LogList>
          </div>
        )}
        <footer class="status">
          <span role="status">
            {model && `${countOf(answer?.spans.length ?? 0, 'span')}, ${countOf(records.length, 'log')}`}
          </span>
          <span class="status-keys" aria-hidden="true">
            <kbd>j</kbd> <kbd>k</kbd> move <kbd>Enter</kbd> open <kbd>←</kbd> <kbd>→</kbd> fold <kbd>Esc</kbd> back
          </span>
        </footer>
      </div>
      {recordId !== null && (
        <RecordPanel id={recordId} known={records.find(({ id }) => id === recordId)} onClose={close} />
      )}
      {recordId === null && node && (
        <SpanPanel key={node.span.span_id} node={node} records={model?.recordsOf.get(node) ?? []} onClose={close} />
      )}
    </div>
  )
}

function sessionOf({ spans, records }: TraceAnswer): string | null {
  for (const { attributes } of spans) {
    const id = attributes['session.id']
    if (typeof id === 'string' && id !== '') return id
  }
  return records.find(({ session_id }) => session_id !== null)?.session_id ?? null
}

function close(): void {
  changeParams({ span: null, record: null })
}
