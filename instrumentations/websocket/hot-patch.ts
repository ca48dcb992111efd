import type { Method, Restore } from '../method-patch.ts'

/** Whether a patch is in force. */
export interface HotPatch {
  readonly active: boolean
}

/**
 * Puts a method in front of an object's own or inherited one, as `patchMethod` does, with nothing between it and its callers: for those that each message goes through.
 * @param make makes the new method. When it could not be taken back, since somebody has patched the method meanwhile, it stays: it must pass on whatever belongs to no open session, and
 * everything once the patch is not active any more.
 */
export function patchHotMethod(
  target: object,
  name: string,
  make: (next: () => Method, patch: HotPatch) => Method,
): Restore {
  const before = Object.getOwnPropertyDescriptor(target, name)
  const parent = Object.getPrototypeOf(target) as Record<string, Method>
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
