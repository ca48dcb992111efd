import { readFileSync, writeFileSync } from 'node:fs'

const PAGE = new URL('../docs/benchmarks.md', import.meta.url)

/** Puts text into the page of benchmarks, between `<!-- name -->` and `<!-- /name -->`. Throws when the page has no such place. */
export function writeSection(name: string, text: string): void {
  const page = readFileSync(PAGE, 'utf8')
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [from, to] = [page.indexOf(open), page.indexOf(close)]
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md has no ${open} … ${close}`)
  writeFileSync(PAGE, `${page.slice(0, from)}${open}\n\n${text}\n\n${page.slice(to)}`)
}
