/** A method of whatever object. */
export type Method = (this: unknown, ...args: unknown[]) => unknown

/** Takes a patch back. */
export type Restore = () => void

/**
 * Puts a method in front of an object's own or inherited one.
 * @param make makes the new method; it gets the one behind it by calling `next` each time, since an inherited one may be patched later on
 * @returns what takes it back. When someone else has patched the method meanwhile theirs stays, and ours passes every call on.
 */
export function patchMethod(target: object, name: string | symbol, make: (next: () => Method) => Method): Restore {
  const before = Object.getOwnPropertyDescriptor(target, name)
  const parent = Object.getPrototypeOf(target) as Record<string | symbol, Method>
  const next = before === undefined ? () => parent[name] as Method : () => before.value as Method
  const ours = make(next)
  let active = true
  const method = function (this: unknown, ...args: unknown[]): unknown {
    return Reflect.apply(active ? ours : next(), this, args)
  }
  for (const key of ['name', 'length'] as const)
    Object.defineProperty(method, key, { value: next()[key], configurable: true })
  Object.defineProperty(target, name, {
    configurable: true,
    writable: true,
    enumerable: before?.enumerable ?? false,
    value: method,
  })
  return () => {
    active = false
    if (Object.getOwnPropertyDescriptor(target, name)?.value !== method) return
    if (before === undefined) Reflect.deleteProperty(target, name)
    else Object.defineProperty(target, name, before)
  }
}
