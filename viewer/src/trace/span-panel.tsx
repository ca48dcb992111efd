import { Icon } from '../controls/icon.tsx'
import { LevelTag } from '../controls/level.tsx'
import { Panel } from '../controls/panel.tsx'
import { ServiceTag } from '../controls/service-tag.tsx'
import { FieldTable } from '../record/field-table.tsx'
import { attributeFields, type Field } from '../record/fields.ts'
import { LongText } from '../record/long-text.tsx'
import { addressOf, changeParams } from '../route/route.ts'
import { textOf, visibleLine } from '../text/visible.ts'
import { durationText } from '../time/duration.ts'
import type { SpanNode } from './span-tree.ts'
import type { PlacedRecord } from './trace-model.ts'

export interface SpanPanelProps {
  readonly node: SpanNode
  readonly records: readonly PlacedRecord[]
  readonly onClose: () => void
}

/** Everything known about one span. */
export function SpanPanel({ node, records, onClose }: SpanPanelProps) {
  const { span } = node
  return (
    <Panel name="Span details" title={<ServiceTag service={span.service} />} onClose={onClose}>
      <div class="record-message">
        <LongText text={textOf(span.name)} mono={false} />
      </div>
      {span.status === 'ERROR' && (
        <section class="error-view" aria-label="Error">
          <h3>
            <Icon name="warning" />
            Failed
          </h3>
          {span.status_message && <LongText text={span.status_message} mono={false} />}
        </section>
      )}
      <FieldTable title="Span" fields={spanFields(node)} />
      <FieldTable title="Attributes" fields={attributeFields(span.attributes)} />
      <Entries title="Events" entries={span.events} />
      <Links links={span.links} />
      {records.length > 0 && (
        <section class="fields">
          <h3>Logs</h3>
          {records.map(({ record, at }) => (
            <button
              type="button"
              class="span-log"
              key={record.id}
              onClick={() => changeParams({ span: null, record: record.id })}
            >
              <LevelTag level={record.level} />
              <bdi>{visibleLine(record.message, 200)}</bdi>
              <span class="quiet">{durationText(at)}</span>
            </button>
          ))}
        </section>
      )}
    </Panel>
  )
}

function spanFields(node: SpanNode): Field[] {
  const { span } = node
  const all: Record<string, unknown> = {
    service: span.service,
    kind: span.kind,
    scope: span.scope,
    start: span.start,
    'after start of trace': durationText(node.start),
    duration: node.duration === null ? 'not ended' : durationText(node.duration),
    status: span.status,
    'clock moved by': node.shift === 0 ? null : durationText(node.shift),
    span_id: span.span_id,
    parent_span_id: span.parent_span_id,
  }
  return Object.entries(all).flatMap(([name, value]) =>
    value === null || value === undefined || value === '' ? [] : [{ name, value }],
  )
}

function Entries({ title, entries }: { title: string; entries: readonly unknown[] }) {
  return (
    <FieldTable
      title={title}
      fields={entries.map((entry, index) => ({ name: nameOf(entry) ?? String(index + 1), value: entry }))}
    />
  )
}

function nameOf(entry: unknown): string | undefined {
  const name = (entry as { name?: unknown } | null)?.name
  return typeof name === 'string' && name !== '' ? name : undefined
}

function Links({ links }: { links: readonly unknown[] }) {
  const known = links.flatMap((link) => {
    const { trace_id, span_id } = (link ?? {}) as { trace_id?: unknown; span_id?: unknown }
    return typeof trace_id === 'string'
      ? [{ traceId: trace_id, spanId: typeof span_id === 'string' ? span_id : '' }]
      : []
  })
  if (known.length === 0) return <Entries title="Links" entries={links} />
  return (
    <section class="fields">
      <h3>Links</h3>
      {known.map(({ traceId, spanId }) => (
        <a class="span-log" key={traceId + spanId} href={addressOf('trace', [['span', spanId]], traceId)}>
          <Icon name="link" />
          <bdi class="mono">{visibleLine(traceId, 40)}</bdi>
        </a>
      ))}
    </section>
  )
}
