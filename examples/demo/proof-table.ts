import { styleText } from 'node:util'
import type { Proof, ProofRow } from './proof.ts'

const SHOWN = 5

type Style = 'bold' | 'dim' | 'green' | 'red'

/** The proof as a table for one screen. @param colour for a terminal */
export function proofTable(proof: Proof, colour: boolean): string {
  const style = (how: Style, text: string): string => (colour ? styleText(how, text, { validateStream: false }) : text)
  const widths = { group: widest(proof.rows, ({ group }) => group), name: widest(proof.rows, ({ name }) => name) }
  const line = (group: string, name: string, cells: readonly string[]): string =>
    ` ${group.padEnd(widths.group)}  ${name.padEnd(widths.name)}  ${cells.map((cell) => cell.padStart(7)).join('')}`
  return [
    style('dim', line('', '', ['sent', 'logs', 'spans'])),
    ...proof.rows.map((row, index) => {
      const group = row.group === proof.rows[index - 1]?.group ? '' : row.group
      const cells = [row.expected, row.logs, row.spans].map((count) => (count === undefined ? '·' : String(count)))
      const { good, words } = verdict(row)
      return `${line(group, row.name, cells)}  ${style(good ? 'green' : 'red', `${good ? '✓' : '✗'} ${words}`)}`
    }),
    '',
    ...conclusion(proof).map(({ good, words }) => style(good ? 'bold' : 'red', ` ${good ? '✓' : '✗'} ${words}`)),
  ].join('\n')
}

/** What keeps the proof from holding, in a few lines. */
export function missing(proof: Proof): string[] {
  const rows = proof.rows
    .filter((row) => !verdict(row).good)
    .map((row) => `${row.group}, ${row.name}: ${verdict(row).words}`)
  const all = [...rows, ...proof.troubles]
  return all.length <= SHOWN ? all : [...all.slice(0, SHOWN), `and ${all.length - SHOWN} more`]
}

interface Verdict {
  readonly good: boolean
  readonly words: string
}

function verdict({ expected, logs, spans }: ProofRow): Verdict {
  const sides = [
    { side: 'logs', count: logs },
    { side: 'spans', count: spans },
  ]
  const wrong = sides.flatMap(({ side, count = expected }) => {
    if (count === expected) return []
    return `${Math.abs(expected - count)} ${side} ${count < expected ? 'missing' : 'too many'}`
  })
  if (wrong.length > 0) return { good: false, words: wrong.join(', ') }
  return { good: true, words: expected === 0 ? 'none' : 'all' }
}

function conclusion({ stored, lost, surplus, troubles }: Proof): Verdict[] {
  const all = lost === 0 && surplus === 0
  const amount = `${stored.logs} records, ${stored.spans} spans, ${stored.traces} traces stored`
  return [
    { good: all, words: `${amount}; lost ${lost}, too many ${surplus}` },
    ...(troubles.length === 0
      ? []
      : [{ good: false, words: `${troubles.length} interviews of the load failed: ${troubles[0]}` }]),
  ]
}

function widest(rows: readonly ProofRow[], text: (row: ProofRow) => string): number {
  return Math.max(...rows.map((row) => text(row).length))
}
