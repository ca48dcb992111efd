/** Whether a component's name is meant by a pattern: `*` stands for any characters, case does not count. */
export function componentMatcher(pattern: string): (name: string) => boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
  const expression = new RegExp(`^${parts.join('.*')}$`, 'is')
  return (name) => expression.test(name)
}
