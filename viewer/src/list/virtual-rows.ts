import {
  Virtualizer,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualizerOptions,
} from '@tanstack/virtual-core'
import { useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks'

export interface VirtualRowsOptions {
  readonly count: number
  readonly rowHeight: number
  /** Room the sticky header takes inside the scrolling element. */
  readonly headHeight?: number
  readonly overscan?: number
}

/** The part of a long list that is on the screen. */
export interface VirtualRows {
  readonly first: number
  readonly last: number
  readonly top: number
  readonly height: number
  readonly scroller: { current: HTMLDivElement | null }
  scrollToRow(index: number): void
  /** Gives the grid of rows the focus, without scrolling to it. */
  focus(): void
  /** Renders again although neither rows nor place changed. */
  redraw(): void
}

/** Rows of one height in a scrolling element, of which only those in sight are rendered. */
export function useVirtualRows(options: VirtualRowsOptions): VirtualRows {
  const scroller = useRef<HTMLDivElement>(null)
  const [, redraw] = useReducer((turn: number) => turn + 1, 0)
  const settings: VirtualizerOptions<HTMLDivElement, HTMLElement> = {
    count: options.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => options.rowHeight,
    scrollPaddingEnd: options.headHeight ?? 0,
    overscan: options.overscan ?? 10,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => redraw(undefined),
  }
  const [virtualizer] = useState(() => new Virtualizer(settings))
  virtualizer.setOptions(settings)
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer])
  useLayoutEffect(() => virtualizer._willUpdate())
  const items = virtualizer.getVirtualItems()
  return {
    first: items[0]?.index ?? 0,
    last: items.at(-1)?.index ?? -1,
    top: items[0]?.start ?? 0,
    height: virtualizer.getTotalSize(),
    scroller,
    scrollToRow: (index) => virtualizer.scrollToIndex(index, { align: 'auto' }),
    focus: () =>
      scroller.current?.parentElement?.querySelector<HTMLElement>('[role$="grid"]')?.focus({ preventScroll: true }),
    redraw: () => redraw(undefined),
  }
}
