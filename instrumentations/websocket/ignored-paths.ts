/** Whether sessions of a path, given with or without its query, are left out. */
export type IsIgnored = (url: string) => boolean

/** Made once for the settings' paths. */
export function ignoredPaths(paths: readonly (string | RegExp)[] = []): IsIgnored {
  if (paths.length === 0) return () => false
  const patterns = paths.map((path) => (typeof path === 'string' ? wholePath(path) : path))
  return (url) => {
    const path = url.split('?', 1)[0] as string
    return patterns.some((pattern) => path.search(pattern) !== -1)
  }
}

function wholePath(path: string): RegExp {
  const parts = path.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\/-]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('.*')}$`, 's')
}
