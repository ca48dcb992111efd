import type { Restore } from '../method-patch.ts'

/** The copies of a library that are patched, each once. */
export class PatchedCopies {
  readonly #restores = new Map<object, Restore>()

  get size(): number {
    return this.#restores.size
  }

  /** Patches a copy that is not patched yet. @param patch answers what takes each of its patches back */
  patch(target: object, patch: () => readonly Restore[]): void {
    if (this.#restores.has(target)) return
    const restores = patch()
    this.#restores.set(target, () => {
      for (const restore of restores) restore()
    })
  }

  /** Leaves every copy as it was. */
  restore(): void {
    for (const restore of this.#restores.values()) restore()
    this.#restores.clear()
  }
}

/** The first object of a chain of prototypes that has all these methods itself. */
export function ownerOf(start: unknown, ...names: string[]): object | undefined {
  for (
    let at = start;
    at !== null && (typeof at === 'object' || typeof at === 'function');
    at = Object.getPrototypeOf(at)
  ) {
    const owner = at
    if (names.every((name) => Object.hasOwn(owner, name))) return owner
  }
  return undefined
}

/** Does a step of ours; a failure goes to who hears of them, never to the program. */
export type Quietly = (step: () => void) => void
