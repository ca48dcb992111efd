/** States of the shared flag. */
const FREE = 0
const BUSY = 1
const ENDED = 2

let flag: Int32Array | undefined

/** Lets the thread that has the same memory, one Int32, wait with `awaitEnd` before it ends this one. */
export function letEnd(shared: SharedArrayBuffer): void {
  flag = new Int32Array(shared)
}

/**
 * Runs what a thread must not be ended in. Node aborts the whole process when it ends a thread that has made a zlib stream and not yet set it up
 * (`Assertion failed: init_done_ && "close before init"`, seen in 20, 22 and 26).
 * @throws when the thread is about to be ended
 */
export function uninterrupted<Result>(work: () => Result): Result {
  if (flag === undefined) return work()
  if (Atomics.compareExchange(flag, 0, FREE, BUSY) === ENDED) throw new Error('the thread is about to be ended')
  try {
    return work()
  } finally {
    Atomics.store(flag, 0, FREE)
    Atomics.notify(flag, 0)
  }
}

/** Waits, for a thread that may be ended then; blocks the calling thread for so long at most. */
export function awaitEnd(shared: SharedArrayBuffer, timeoutMillis: number): void {
  const other = new Int32Array(shared)
  const deadline = performance.now() + timeoutMillis
  while (Atomics.compareExchange(other, 0, FREE, ENDED) === BUSY) {
    const left = deadline - performance.now()
    if (left <= 0 || Atomics.wait(other, 0, BUSY, left) === 'timed-out') return
  }
}
