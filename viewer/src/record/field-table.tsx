import { CopyButton } from '../controls/copy-button.tsx'
import { Icon } from '../controls/icon.tsx'
import { addressOf } from '../route/route.ts'
import { textOf, visibleLine } from '../text/visible.ts'
import type { Field } from './fields.ts'
import { LongText } from './long-text.tsx'

const SHORT_ENOUGH_TO_SEARCH = 120

/** Names and values, each with what can be done with it: copy, show the records that have it. */
export function FieldTable({ title, fields }: { title: string; fields: readonly Field[] }) {
  if (fields.length === 0) return null
  return (
    <section class="fields">
      <h3>{title}</h3>
      <dl>
        {fields.map((field) => (
          <FieldLine key={field.name} field={field} />
        ))}
      </dl>
    </section>
  )
}

function FieldLine({ field }: { field: Field }) {
  const name = visibleLine(field.name, 80)
  const text = textOf(field.value)
  const structured = typeof field.value === 'object' && field.value !== null
  return (
    <div class="field">
      <dt title={visibleLine(field.name, 400)}>{name}</dt>
      <dd data-type={typeof field.value}>
        <LongText text={structured ? JSON.stringify(field.value, null, 2) : text} />
        <span class="field-actions">
          {text !== '' && text.length <= SHORT_ENOUGH_TO_SEARCH && !structured && (
            <SameValue field={field} name={name} text={text} />
          )}
          <CopyButton name={name} text={() => text} />
        </span>
      </dd>
    </div>
  )
}

function SameValue({ field, name, text }: { field: Field; name: string; text: string }) {
  const label = field.filter ? `Show only this ${name}` : `Search for this ${name}`
  const address = addressOf('logs', [
    [field.filter ?? 'q', text],
    ['range', 'all'],
  ])
  return (
    <a class="icon-button" href={address} title={label} aria-label={label}>
      <Icon name={field.filter ? 'filter' : 'search'} />
    </a>
  )
}
