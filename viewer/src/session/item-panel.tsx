import type { SessionItem } from '../api/contract.ts'
import { Icon } from '../controls/icon.tsx'
import { Panel } from '../controls/panel.tsx'
import { ServiceTag } from '../controls/service-tag.tsx'
import { FieldTable } from '../record/field-table.tsx'
import { attributeFields } from '../record/fields.ts'
import { LongText } from '../record/long-text.tsx'
import { RecordPanel } from '../record/record-panel.tsx'
import { addressOf } from '../route/route.ts'
import { durationText } from '../time/duration.ts'
import { itemText } from './item-text.ts'

/** One item of a session whole: a record, or a span. */
export function ItemPanel({ item, onClose }: { item: SessionItem; onClose: () => void }) {
  if (item.record) return <RecordPanel id={item.record.id} known={item.record} onClose={onClose} />
  const { span } = item
  const { service, name, kind, scope, start, status, span_id, parent_span_id, trace_id } = span
  const told = {
    service,
    name,
    kind,
    scope,
    start,
    duration: durationText(span.duration_ms),
    status,
    span_id,
    parent_span_id,
  }
  const fields = Object.entries(told).flatMap(([key, value]) => (value ? [{ name: key, value }] : []))
  return (
    <Panel name="Span details" title={<ServiceTag service={service} />} onClose={onClose}>
      <div class="record-message">
        <LongText text={itemText(item)} mono={false} />
      </div>
      <nav class="ways" aria-label="Related">
        <a class="button primary" href={addressOf('trace', [['span', span_id]], trace_id)}>
          <Icon name="trace" />
          Trace
        </a>
      </nav>
      {status === 'ERROR' && (
        <section class="error-view" aria-label="Error">
          <h3>
            <Icon name="warning" />
            Failed
          </h3>
          {span.status_message && <LongText text={span.status_message} mono={false} />}
        </section>
      )}
      <FieldTable title="Span" fields={[...fields, { name: 'trace_id', value: trace_id, filter: 'trace' }]} />
      <FieldTable title="Attributes" fields={attributeFields(span.attributes)} />
    </Panel>
  )
}
