import { textMatcher, type TextPattern } from '../http/index.ts'

/** Whether sessions of a path, given with or without its query, are left out. */
export type IsIgnored = (url: string) => boolean

/** Made once for the settings' paths. */
export function ignoredPaths(paths: readonly TextPattern[] = []): IsIgnored {
  if (paths.length === 0) return () => false
  const isIgnored = textMatcher(paths)
  return (url) => isIgnored(url.split('?', 1)[0] as string)
}
