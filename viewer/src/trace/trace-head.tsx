import { CopyButton } from '../controls/copy-button.tsx'
import { Icon } from '../controls/icon.tsx'
import { ServiceTag } from '../controls/service-tag.tsx'
import { addressOf, changeParams, route } from '../route/route.ts'
import { countText } from '../text/count.ts'
import { visibleLine } from '../text/visible.ts'
import { calendarDay, clockTime } from '../time/clock.ts'
import { durationText } from '../time/duration.ts'
import type { TraceModel } from './trace-model.ts'

export interface TraceHeadProps {
  readonly traceId: string
  readonly model: TraceModel | null
  readonly spans: number
  readonly logs: number
  /** The session that the trace, or the first part of it that is in one, belongs to. */
  readonly sessionId: string | null
  readonly onRefresh: () => void
}

const MOST_SERVICES = 6

/** What the trace is, in two lines, and how to look at it. */
export function TraceHead({ traceId, model, spans, logs, sessionId, onRefresh }: TraceHeadProps) {
  const root = model?.roots[0]?.span
  return (
    <div class="trace-head">
      <div class="trace-head-line">
        <h1>
          <bdi>{visibleLine(root?.name, 160) || 'Trace'}</bdi>
        </h1>
        {model && model.errors > 0 && (
          <span class="errors">
            <Icon name="warning" />
            {countText(model.errors)} failed
          </span>
        )}
        <span class="spacer" />
        {sessionId !== null && (
          <a class="button" href={addressOf('session', [], sessionId)}>
            Session
          </a>
        )}
        <Views spans={spans} logs={logs} />
        <button type="button" class="button" onClick={onRefresh}>
          Refresh
        </button>
      </div>
      <div class="trace-head-line quiet">
        {model && (
          <>
            <span class="mono">
              {calendarDay(model.epoch)} {clockTime(model.epoch)}
            </span>
            <b class="mono">{durationText(model.length)}</b>
          </>
        )}
        {model?.services.slice(0, MOST_SERVICES).map((service) => (
          <ServiceTag key={service} service={service} />
        ))}
        {model && model.services.length > MOST_SERVICES && (
          <span>and {model.services.length - MOST_SERVICES} more</span>
        )}
        <span class="spacer" />
        <span class="mono trace-id">{visibleLine(traceId, 40)}</span>
        <CopyButton name="trace id" text={() => traceId} />
      </div>
    </div>
  )
}

function Views({ spans, logs }: { spans: number; logs: number }) {
  const { params } = route.value
  const onlyLogs = params.get('view') === 'logs'
  const inline = params.get('logs') !== 'hidden'
  return (
    <>
      {!onlyLogs && (
        <button
          type="button"
          class="button"
          aria-pressed={inline}
          onClick={() => changeParams({ logs: inline ? 'hidden' : null }, true)}
        >
          <Icon name={inline ? 'check' : 'close'} />
          Logs in place
        </button>
      )}
      <div class="range" role="group" aria-label="View">
        <button type="button" aria-pressed={!onlyLogs} onClick={() => changeParams({ view: null })}>
          Spans {countText(spans)}
        </button>
        <button type="button" aria-pressed={onlyLogs} onClick={() => changeParams({ view: 'logs' })}>
          Logs {countText(logs)}
        </button>
      </div>
    </>
  )
}
