import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isStartHelper } from '../dist/src/start-helper.js'

test.each([
  '/usr/lib/node_modules/npm/bin/npm-cli.js',
  '/usr/lib/node_modules/npm/bin/npx-cli.js',
  '/root/.cache/node/corepack/v1/pnpm/10.4.1/bin/pnpm.cjs',
  '/opt/pnpm/bin/pnpx.cjs',
  '/usr/share/yarn/bin/yarn.js',
  '/work/shop/.yarn/releases/yarn-4.6.0.cjs',
  '/usr/lib/node_modules/corepack/dist/corepack.js',
  '/usr/lib/node_modules/corepack/dist/npm.js',
  join(import.meta.dirname, '../dist/src/cli/main.js'),
])('%s only starts programs', (file) => {
  expect(isStartHelper(file)).toBe(true)
})

test.each(['/work/npm/server.js', '/work/shop/yarn-orders.js', '/work/shop/main.js', '/work/shop/npm', undefined])(
  '%s may be a program',
  (file) => {
    expect(isStartHelper(file)).toBe(false)
  },
)

test('a command is known by the file that it leads to', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clew-helper-'))
  try {
    writeFileSync(join(folder, 'npm-cli.js'), '')
    symlinkSync('npm-cli.js', join(folder, 'npm'))
    expect(isStartHelper(join(folder, 'npm'))).toBe(true)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
