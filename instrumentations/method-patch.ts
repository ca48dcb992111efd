/** A method of whatever object. */
export type Method = (this: unknown, ...args: unknown[]) => unknown

/** Takes a patch back. */
export type Restore = () => void

/** Whether a patch is in force. */
export interface HotPatch {
  readonly active: boolean
}

/**
 * Puts a method in front of an object's own or inherited one, with nothing between it and its callers: for those that each message goes through.
 * @param make makes the new method; it gets the one behind it by calling `next` each time, since an inherited one may be patched later on. When somebody else has patched the method meanwhile ours
 * can't be taken back and stays: then it must pass everything on, which it tells by the patch that is not active any more
 */
export function patchHotMethod(
  target: object,
  name: string | symbol,
  make: (next: () => Method, patch: HotPatch) => Method,
): Restore {
  const before = Object.getOwnPropertyDescriptor(target, name)
  const parent = Object.getPrototypeOf(target) as Record<string | symbol, Method>
  const own = before?.value as Method
  const next = before === undefined ? () => parent[name] as Method : () => own
  const patch = { active: true }
  const method = make(next, patch)
  for (const key of ['name', 'length'] as const)
    Object.defineProperty(method, key, { value: next()[key], configurable: true })
  const descriptor = { configurable: true, writable: true, enumerable: before?.enumerable ?? false, value: method }
  Object.defineProperty(target, name, descriptor)
  return () => {
    patch.active = false
    if (Object.getOwnPropertyDescriptor(target, name)?.value !== method) return
    if (before === undefined) Reflect.deleteProperty(target, name)
    else Object.defineProperty(target, name, before)
  }
}

/**
 * The same for a method that need not know whether it is still in force.
 * @param make makes the new method, as above
 * @returns what takes it back. When someone else has patched the method meanwhile theirs stays, and ours passes every call on.
 */
export function patchMethod(target: object, name: string | symbol, make: (next: () => Method) => Method): Restore {
  return patchHotMethod(target, name, (next, patch) => {
    const ours = make(next)
    return function (this: unknown, ...args: unknown[]): unknown {
      return Reflect.apply(patch.active ? ours : next(), this, args)
    }
  })
}
