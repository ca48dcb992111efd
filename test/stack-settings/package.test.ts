import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { ALERTS_FILE, readStackSettings, renderStack, SETTINGS_FILE } from '../../src/stack/index.ts'

const ROOT = join(import.meta.dirname, '../..')

test('what clew stack writes is in the package, and of stack/ nothing else', async () => {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], { cwd: ROOT, maxBuffer: 2 ** 26 }) // prettier-ignore
  const [{ files }] = JSON.parse(stdout) as [{ files: readonly { readonly path: string }[] }]
  const shipped = files.map(({ path }) => path)
  const { settings } = readStackSettings({ defaults: join(ROOT, SETTINGS_FILE), variables: {} })
  const written = [...renderStack(ROOT, settings).keys(), SETTINGS_FILE, ALERTS_FILE]
  expect(written.filter((file) => !shipped.includes(file))).toEqual([])
  expect(shipped.filter((file) => file.startsWith('stack/')).toSorted()).toEqual(
    written.filter((file) => file.startsWith('stack/')).toSorted(),
  )
})
