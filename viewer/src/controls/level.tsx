import type { Level } from '../api/contract.ts'

const SHORT: Readonly<Record<Level, string>> = {
  TRACE: 'TRACE',
  DEBUG: 'DEBUG',
  INFO: 'INFO',
  WARNING: 'WARN',
  ERROR: 'ERROR',
  CRITICAL: 'CRIT',
}

/** A level as a word of at most five letters in its colour; the word, not the colour, carries the meaning. */
export function LevelTag({ level }: { level: Level | null }) {
  if (level === null || !(level in SHORT)) return <span class="level">–</span>
  return (
    <span class="level" data-level={level} title={level}>
      {SHORT[level]}
    </span>
  )
}
