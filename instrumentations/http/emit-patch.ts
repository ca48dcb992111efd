/** The method of every emitter that tells its listeners of an event. */
export type Emit = (this: object, ...eventAndArguments: unknown[]) => boolean

/**
 * A place in front of `emit` on a prototype: all emitters of that class go through it, those that exist already and those of modules that were imported before.
 * Where someone else has come in front meanwhile, theirs stays when this is removed, and still calls ours: then it must only pass on.
 */
export class EmitPatch {
  readonly #prototype: object
  readonly #before: PropertyDescriptor | undefined
  readonly #ours: Emit

  /** @param make makes the method; it gets the one behind it by calling `next` each time, since an inherited one may be patched later on */
  constructor(prototype: object, make: (next: () => Emit) => Emit) {
    const before = Object.getOwnPropertyDescriptor(prototype, 'emit')
    const parent = Object.getPrototypeOf(prototype) as { emit: Emit }
    this.#prototype = prototype
    this.#before = before
    this.#ours = make(before === undefined ? () => parent.emit : () => before.value as Emit)
    Object.defineProperty(prototype, 'emit', {
      value: this.#ours,
      writable: true,
      configurable: true,
      enumerable: before?.enumerable ?? false,
    })
  }

  remove(): void {
    if (Object.getOwnPropertyDescriptor(this.#prototype, 'emit')?.value !== this.#ours) return
    if (this.#before === undefined) Reflect.deleteProperty(this.#prototype, 'emit')
    else Object.defineProperty(this.#prototype, 'emit', this.#before)
  }
}
