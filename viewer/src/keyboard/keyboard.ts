export type KeyAction = () => void

const layers: Readonly<Record<string, KeyAction>>[] = []

/** Adds keys, above those added before, until the returned function is called. In a layout effect: a key pressed as soon as something is seen acts on it, not on what was there before. */
export function bindKeys(keys: Readonly<Record<string, KeyAction>>): () => void {
  layers.push(keys)
  return () => {
    const at = layers.indexOf(keys)
    if (at >= 0) layers.splice(at, 1)
  }
}

/** Listens for keys on the page. Called once. */
export function listenForKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (isTakenByElement(event)) return
    const layer = layers.findLast((keys) => event.key in keys)
    if (!layer) return
    event.preventDefault()
    layer[event.key]?.()
  })
}

/** Typing belongs to the field, and Enter, Space and arrows to the control that has the focus. Only Escape goes through. */
function isTakenByElement(event: KeyboardEvent): boolean {
  const { target, key } = event
  if (!(target instanceof Element) || key === 'Escape') return false
  if (target.closest('input, textarea, select, [contenteditable]')) return true
  const own = key === 'Enter' || key === ' ' || key.startsWith('Arrow')
  return own && target.closest('button, a, summary, [role="menuitemradio"], [role="option"], [data-own-keys]') !== null
}
