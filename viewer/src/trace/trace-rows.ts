import type { SpanNode } from './span-tree.ts'
import type { PlacedRecord, TraceModel } from './trace-model.ts'

/** One line of the waterfall. */
export type TraceRow =
  | {
      readonly kind: 'span'
      readonly key: string
      readonly node: SpanNode
      readonly folded: boolean
      readonly records: readonly PlacedRecord[]
    }
  | { readonly kind: 'record'; readonly key: string; readonly placed: PlacedRecord; readonly depth: number }
  | { readonly kind: 'title'; readonly key: string; readonly text: string }

const NONE: readonly PlacedRecord[] = []

/** The lines in sight: what is folded away is left out, records stand below their span between its children, by time. */
export function traceRows(model: TraceModel, folded: ReadonlySet<string>, withRecords: boolean): TraceRow[] {
  const rows: TraceRow[] = []
  const open: (SpanNode | PlacedRecord)[] = model.roots.toReversed()
  const depths = new Map<PlacedRecord, number>()
  for (let next = open.pop(); next; next = open.pop()) {
    if ('record' in next) {
      rows.push(recordRow(next, depths.get(next) ?? 0))
      continue
    }
    const records = model.recordsOf.get(next) ?? NONE
    const isFolded = folded.has(next.span.span_id)
    rows.push({ kind: 'span', key: `s${next.span.span_id}`, node: next, folded: isFolded, records })
    if (isFolded) continue
    const depth = next.depth + 1
    const below = withRecords ? [...next.children, ...records].sort((a, b) => timeOf(a) - timeOf(b)) : next.children
    for (const one of below.toReversed()) {
      if ('record' in one) depths.set(one, depth)
      open.push(one)
    }
  }
  if (withRecords && model.loose.length > 0) {
    rows.push({
      kind: 'title',
      key: 'loose',
      text: model.roots.length > 0 ? 'Logs whose span is not stored' : 'No span is stored; the logs',
    })
    rows.push(...model.loose.map((placed) => recordRow(placed, 0)))
  }
  return rows
}

function recordRow(placed: PlacedRecord, depth: number): TraceRow {
  return { kind: 'record', key: `r${placed.record.id}`, placed, depth }
}

function timeOf(one: SpanNode | PlacedRecord): number {
  return 'record' in one ? one.at : one.start
}
