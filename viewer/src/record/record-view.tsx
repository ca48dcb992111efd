import type { LogRecord } from '../api/contract.ts'
import { CopyButton } from '../controls/copy-button.tsx'
import { Icon } from '../controls/icon.tsx'
import { addressOf } from '../route/route.ts'
import { textOf, visibleLine } from '../text/visible.ts'
import { FieldTable } from './field-table.tsx'
import { attributeFields, knownFields } from './fields.ts'
import { LongText } from './long-text.tsx'

/** Everything known about one record. */
export function RecordView({
  record,
  resource,
}: {
  record: LogRecord
  resource: Readonly<Record<string, unknown>> | null
}) {
  return (
    <>
      <div class="record-message">
        <LongText text={textOf(record.message)} mono={false} />
      </div>
      <Ways record={record} />
      {record.error && <ErrorView error={record.error} />}
      <FieldTable title="Fields" fields={knownFields(record)} />
      <FieldTable title="Metadata" fields={attributeFields(record.metadata)} />
      <FieldTable title="Resource" fields={attributeFields(resource)} />
    </>
  )
}

/** Where one can go from here. */
function Ways({ record }: { record: LogRecord }) {
  const { trace_id, span_id, session_id, request_id, user_id } = record
  if (!trace_id && !session_id && !request_id && !user_id) return null
  return (
    <nav class="ways" aria-label="Related">
      {trace_id && (
        <a class="button primary" href={addressOf('trace', [['span', span_id ?? '']], trace_id)}>
          <Icon name="trace" />
          Trace
        </a>
      )}
      {request_id && (
        <a class="button" href={same('request', request_id)}>
          Request
        </a>
      )}
      {session_id && (
        <a class="button" href={addressOf('session', [], session_id)}>
          Session
        </a>
      )}
      {user_id && (
        <a class="button" href={same('user', user_id)}>
          User
        </a>
      )}
    </nav>
  )
}

function ErrorView({ error }: { error: NonNullable<LogRecord['error']> }) {
  const stack = error.stack ?? ''
  return (
    <section class="error-view" aria-label="Error">
      <h3>
        <Icon name="warning" />
        <bdi>{visibleLine([error.type ?? 'Error', error.code ?? ''].join(' ').trim(), 120)}</bdi>
        <CopyButton name="error" text={() => stack || `${error.type}: ${error.message}`} />
      </h3>
      {error.message && <LongText text={error.message} mono={false} />}
      {stack !== '' && (
        <div class="stack">
          <LongText text={stack} />
        </div>
      )}
    </section>
  )
}

function same(filter: string, value: string): string {
  return addressOf('logs', [
    [filter, value],
    ['range', 'all'],
  ])
}
