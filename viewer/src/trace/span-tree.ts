import type { Span } from '../api/contract.ts'

/** A span in its place: times are milliseconds from the start of the trace. */
export interface SpanNode {
  readonly span: Span
  readonly parent: SpanNode | null
  readonly children: SpanNode[]
  readonly depth: number
  /** Where the bar begins, after {@link shift}. */
  start: number
  /** `null` while the span has no end. */
  readonly duration: number | null
  /** How far this span and those below it were moved, because their machine's clock differs from the parent's. */
  shift: number
  /** Whether it names a parent that is not stored. */
  readonly orphan: boolean
}

/** Spans as trees, in order of start. Missing parents and circles of parents make further roots; nothing is left out. */
export function spanTree(spans: readonly Span[]): SpanNode[] {
  const byId = new Map(spans.map((span) => [span.span_id, span]))
  const below = Map.groupBy(spans, (span) => span.parent_span_id)
  const roots = spans.filter((span) => !span.parent_span_id || !byId.has(span.parent_span_id))
  const starts = exactStarts(spans)
  const placed = new Set<Span>()
  const tree = roots.map((span) => grow(span, below, starts, placed))
  for (const span of spans) if (!placed.has(span)) tree.push(grow(span, below, starts, placed))
  return tree.sort((a, b) => a.start - b.start)
}

/** Grows without recursion: a chain of 5,000 spans is as deep as it is long. */
function grow(
  root: Span,
  below: ReadonlyMap<string | null, Span[]>,
  starts: ReadonlyMap<Span, number>,
  placed: Set<Span>,
): SpanNode {
  const node = (span: Span, parent: SpanNode | null): SpanNode => {
    placed.add(span)
    const shift = parent ? clockShift(span, parent, starts.get(span) ?? 0) : 0
    const start = (starts.get(span) ?? 0) + shift
    const duration = typeof span.duration_ms === 'number' ? Math.max(0, span.duration_ms) : null
    const orphan = parent === null && Boolean(span.parent_span_id)
    return { span, parent, children: [], depth: parent ? parent.depth + 1 : 0, start, duration, shift, orphan }
  }
  const top = node(root, null)
  const open = [top]
  for (let parent = open.pop(); parent; parent = open.pop()) {
    for (const span of below.get(parent.span.span_id) ?? []) {
      if (placed.has(span)) continue
      const child = node(span, parent)
      parent.children.push(child)
      open.push(child)
    }
    parent.children.sort((a, b) => a.start - b.start)
  }
  return top
}

/** A child of another service cannot begin before its parent: then the clocks differ, and the child is moved into its parent. */
function clockShift(span: Span, parent: SpanNode, start: number): number {
  const moved = start + parent.shift
  if (span.service === parent.span.service || moved >= parent.start) return parent.shift
  const room = Math.max(0, (parent.duration ?? 0) - (span.duration_ms ?? 0))
  return parent.start + room / 2 - start
}

function exactStarts(spans: readonly Span[]): Map<Span, number> {
  const nanos = spans.map((span) => startNanos(span))
  const first = nanos.reduce((least, nano) => (nano < least ? nano : least), nanos[0] ?? 0n)
  return new Map(spans.map((span, index) => [span, Number((nanos[index] ?? first) - first) / 1e6]))
}

/** The start of a span in nanoseconds since 1970. */
export function startNanos(span: Span): bigint {
  if (span.start_unix_nano !== null && /^\d+$/.test(span.start_unix_nano)) return BigInt(span.start_unix_nano)
  const millis = Date.parse(span.start)
  return BigInt(Number.isNaN(millis) ? 0 : millis) * 1_000_000n
}
