import type { Level, SessionItem } from '../api/contract.ts'
import { LEVELS } from '../api/contract.ts'
import { textOf, visibleLine } from '../text/visible.ts'

/** What the kinds of items are called. */
export const KIND_NAMES: Readonly<Record<string, string>> = {
  upgrade: 'upgrade',
  start: 'start',
  summary: 'summary',
  end: 'end',
  error: 'error',
  log: 'log',
  session: 'session',
  redis: 'Redis',
  operation: 'operation',
  request: 'request',
  call: 'call',
}

/** Kinds together, as one filters by them. */
export const KIND_GROUPS: readonly {
  readonly value: string
  readonly name: string
  readonly kinds: readonly string[]
}[] = [
  { value: 'own', name: 'Its own records', kinds: ['upgrade', 'start', 'summary', 'end', 'session'] },
  { value: 'records', name: 'Records', kinds: ['start', 'summary', 'end', 'error', 'log'] },
  { value: 'operation', name: 'Operations', kinds: ['operation'] },
  { value: 'redis', name: 'Redis commands', kinds: ['redis'] },
  { value: 'request', name: 'Requests and calls', kinds: ['upgrade', 'request', 'call'] },
]

/** The line an item is shown by. */
export function itemText(item: SessionItem): string {
  const { record, span } = item
  if (record) {
    const { method, path, status_code } = record
    const request = method !== null && path !== null && status_code !== null ? ` ${method} ${path} ${status_code}` : ''
    const side = record.metadata?.['websocket.role'] === 'client' ? ' (client)' : ''
    return (
      (visibleLine(record.message) || visibleLine(record.event) || visibleLine(record.operation)) +
      visibleLine(request) +
      side
    )
  }
  const query = span.attributes['db.query.text']
  if (item.kind === 'redis' && typeof query === 'string') return visibleLine(query)
  const path = span.attributes['url.path']
  return visibleLine(item.kind === 'upgrade' && typeof path === 'string' ? `${span.name} ${path}` : span.name)
}

/** A record's level; of a span that failed, as of an error. */
export function itemLevel({ record, span }: SessionItem): Level | null {
  return record ? record.level : span.status === 'ERROR' ? 'ERROR' : null
}

/** What narrows a list of items. */
export interface ItemFilter {
  readonly level: Level | null
  readonly group: string
  readonly words: string
}

/** The items that match: at least this level (which spans that went well do not have), one of these kinds, all of these words in what is told of them. */
export function filterItems(
  items: readonly SessionItem[],
  { level, group, words }: ItemFilter,
): readonly SessionItem[] {
  const least = level === null ? -1 : LEVELS.indexOf(level)
  const kinds = KIND_GROUPS.find(({ value }) => value === group)?.kinds
  const wanted = words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  if (least < 0 && !kinds && wanted.length === 0) return items
  return items.filter((item) => {
    if (kinds && !kinds.includes(item.kind)) return false
    const itsLevel = itemLevel(item)
    if (least >= 0 && (itsLevel === null || LEVELS.indexOf(itsLevel) < least)) return false
    return wanted.length === 0 || hasWords(item, wanted)
  })
}

const folded = new WeakMap<SessionItem, string>()

function hasWords(item: SessionItem, words: readonly string[]): boolean {
  let text = folded.get(item)
  if (text === undefined) {
    const { record, span } = item
    const parts = record
      ? [
          record.message,
          record.event,
          record.component,
          record.operation,
          record.error?.message,
          record.error?.type,
          record.metadata,
        ]
      : [span.name, span.scope, span.status_message, span.attributes]
    text = parts.map(textOf).join(' ').toLowerCase()
    folded.set(item, text)
  }
  return words.every((word) => text.includes(word))
}
