import type { Restore } from '../method-patch.ts'

/** Whether a patch is still in force: one that somebody else has patched over can't be taken back, and must only pass on. */
export interface PatchState {
  active: boolean
}

/** Puts a method in front of an object's own one, where each call counts: the parameters are the method's own, in no list. @returns what takes it back */
export function patchOwn<F extends (...call: never[]) => unknown>(
  target: object,
  name: symbol,
  make: (before: F, state: PatchState) => F,
): Restore {
  const before = Object.getOwnPropertyDescriptor(target, name) as PropertyDescriptor
  const state = { active: true }
  const ours = make(before.value as F, state)
  Object.defineProperty(target, name, { ...before, value: ours })
  return () => {
    state.active = false
    if (Object.getOwnPropertyDescriptor(target, name)?.value === ours) Object.defineProperty(target, name, before)
  }
}
