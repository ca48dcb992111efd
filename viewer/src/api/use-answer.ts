import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { requestJson } from './request.ts'

/** What the server said last, and why it said nothing if so. The last answer stays while a newer one fails. */
export interface Answer<T> {
  readonly value: T | null
  readonly error: Error | null
}

/** Asks the log API for one thing, again whenever `again` changes. */
export function useAnswer<T>(path: string, again: unknown = null): Answer<T> {
  const answer = useSignal<Answer<T>>({ value: null, error: null })
  useEffect(() => {
    const abort = new AbortController()
    const ask = async () => {
      try {
        answer.value = { value: await requestJson<T>(path, {}, abort.signal), error: null }
      } catch (error) {
        if (!abort.signal.aborted) answer.value = { value: answer.peek().value, error: error as Error }
      }
    }
    void ask()
    return () => abort.abort()
  }, [path, again])
  return answer.value
}
