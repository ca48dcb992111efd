import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeMistake } from '../../src/settings/index.ts'
import { readStackSettings } from '../../src/stack/index.ts'

const ROOT = join(import.meta.dirname, '../..')
const page = readFileSync(join(ROOT, 'docs/retention.md'), 'utf8')
const block = (kind: string): string => new RegExp(`\`\`\`${kind}\n([\\s\\S]*?)\n\`\`\``).exec(page)?.[1] ?? ''

function reading(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'clew-page-'))
  try {
    const file = join(folder, 'settings.yaml')
    writeFileSync(file, text)
    return readStackSettings({ defaults: join(ROOT, 'stack/settings.yaml'), file, variables: {} })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('the table on the page of retention has the committed settings', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` +\|.*\| (\d+d) +\|$/gm)].map(([, name, days]) => [name, days])
  expect(Object.fromEntries(rows)).toEqual(reading('').settings.retention)
})

test('every setting is on the page of retention', () => {
  const { files, traces, collector } = reading('').settings
  const keys = [files, traces, collector].flatMap((group) => Object.keys(group))
  const written = keys.map((key) => key.replace('Millis', 'Ms').replaceAll(/[A-Z]/g, (one) => `_${one.toLowerCase()}`))
  expect(written.length).toBeGreaterThan(5)
  expect(written.filter((key) => !page.includes(`.${key}`))).toEqual([])
})

test('the settings on the page of retention are right, and the wrong ones have the mistakes that are shown', () => {
  const { settings, mistakes } = reading(block('yaml'))
  expect(mistakes).toEqual([])
  expect([settings.retention.audit, settings.traces.keepPercent]).toEqual(['7y', 10])
  const shown = reading(block('yaml wrong')).mistakes.map((one) => describeMistake(one).replace(/^\S*settings\.yaml/, 'stack/settings.yaml')) // prettier-ignore
  expect(shown).toEqual(block('text').split('\n'))
})
