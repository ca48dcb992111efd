/** Does our part: an error of it never reaches the application. */
export function quietly<R>(act: () => R): R | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}
