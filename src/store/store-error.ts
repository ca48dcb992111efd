/** The store can't be opened or can't go on; the message names the file and the cure. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
}
