import { signal } from '@preact/signals'

export type Theme = 'system' | 'light' | 'dark'

const KEY = 'clew.theme'
const ORDER: readonly Theme[] = ['system', 'light', 'dark']

/** The theme chosen; remembered by this browser. */
export const theme = signal<Theme>(remembered())

/** Shows the remembered theme. Called once, before the first picture. */
export function applyTheme(): void {
  const chosen = theme.value
  if (chosen === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = chosen
}

/** Goes on to the next theme: as the system, light, dark. */
export function nextTheme(): void {
  theme.value = ORDER[(ORDER.indexOf(theme.value) + 1) % ORDER.length] ?? 'system'
  applyTheme()
  try {
    localStorage.setItem(KEY, theme.value)
  } catch {
    // A browser that keeps nothing still shows the theme until the page goes.
  }
}

function remembered(): Theme {
  try {
    return ORDER.find((theme) => theme === localStorage.getItem(KEY)) ?? 'system'
  } catch {
    return 'system'
  }
}
