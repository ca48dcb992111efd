import type { TailItem, TailReader } from '../live-tail.ts'

const KEEP_ALIVE_MILLIS = 15_000

/** The tail as Server-Sent Events. Nothing is asked of the reader before the connection takes it. */
export function tailStream(reader: TailReader): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream(
    {
      start: (controller) => controller.enqueue(encoder.encode(': connected\n\n')),
      pull: async (controller) => {
        const items = await reader.next(KEEP_ALIVE_MILLIS)
        if (items === undefined) controller.close()
        else
          controller.enqueue(encoder.encode(items.length === 0 ? ': nothing yet\n\n' : items.map(eventText).join('')))
      },
      cancel: () => reader.close(),
    },
    { highWaterMark: 1 },
  )
}

function eventText(item: TailItem): string {
  return 'record' in item
    ? `event: record\ndata: ${JSON.stringify(item.record)}\n\n`
    : `event: skipped\ndata: {"count":${item.skipped}}\n\n`
}
