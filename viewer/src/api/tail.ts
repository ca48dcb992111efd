import type { LogRecord } from './contract.ts'
import { checkNow } from './connection.ts'
import { apiAddress, type Query } from './request.ts'

const RETRY_MILLIS = 700

export interface TailListener {
  record(record: LogRecord): void
  /** The server left this many out because the page was too slow. */
  skipped(count: number): void
  /** The stream is open; `again` when it had been open before, so that something may be missing. */
  opened(again: boolean): void
}

/** Follows the live tail until the returned function is called; comes back by itself when the server does. */
export function followTail(query: Query, listener: TailListener): () => void {
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let openedBefore = false

  const open = () => {
    source = new EventSource(apiAddress('logs/tail', query))
    source.addEventListener('open', () => {
      listener.opened(openedBefore)
      openedBefore = true
    })
    source.addEventListener('record', (event: MessageEvent<string>) => {
      const record = parse(event.data) as LogRecord | undefined
      if (record) listener.record(record)
    })
    source.addEventListener('skipped', (event: MessageEvent<string>) => {
      listener.skipped((parse(event.data) as { count?: number } | undefined)?.count ?? 0)
    })
    // The browser's own retry waits long and gives up on an error status: ours does neither.
    source.addEventListener('error', () => {
      source?.close()
      checkNow()
      timer = setTimeout(open, RETRY_MILLIS)
    })
  }
  open()
  return () => {
    clearTimeout(timer)
    source?.close()
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
