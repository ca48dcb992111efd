import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { packageFolder, readStackSettings, renderStack } from '../../src/stack/index.ts'
import { composeCheckProgram } from '../../stack/native/compose-check.ts'
import { findProgram } from '../../stack/native/find-program.ts'
import { repositoryRoot } from '../../stack/native/repository.ts'

const run = promisify(execFile)
const program = inject('collectorProgram')

describe('clew stack of the package as npm installs it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clew-installed-'))
  const installed = join(folder, 'node_modules/clew')
  const out = join(folder, 'observability')

  beforeAll(async () => {
    const packed = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
      cwd: repositoryRoot,
    })
    const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }]
    await run('tar', ['-xzf', join(folder, filename), '-C', folder])
    mkdirSync(join(folder, 'node_modules'))
    cpSync(join(folder, 'package'), installed, { recursive: true })
    symlinkSync(join(repositoryRoot, 'node_modules'), join(installed, 'node_modules'))
    await run(process.execPath, [join(installed, 'dist/src/cli/main.js'), 'stack', '--out', out], { cwd: folder })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('writes every file, as the repository has it', () => {
    const { settings } = readStackSettings({ defaults: join(repositoryRoot, 'stack/settings.yaml'), variables: {} })
    const wanted = renderStack(packageFolder(), settings)
    expect(wanted.size).toBeGreaterThan(8)
    const differing = [...wanted].filter(([file, text]) => readFileSync(join(out, file), 'utf8') !== text)
    expect(differing.map(([file]) => file)).toEqual([])
    expect(existsSync(join(installed, 'stack/native'))).toBe(false)
  })

  it.skipIf(program === '')('a real collector accepts what was written', async () => {
    const config = join(out, 'collector-config.yaml')
    await expect(run(program, ['validate', '--config', config], { cwd: folder })).resolves.toMatchObject({ stderr: '' })
  })

  it.skipIf(findProgram('go') === undefined)(
    'the library of docker compose accepts what was written, and finds what it mounts',
    { timeout: 600_000 },
    async () => {
      const compose = join(out, 'docker-compose.yml')
      const accepted = await run(await composeCheckProgram(), [compose], { env: { GRAFANA_ADMIN_PASSWORD: 'planted' } })
      expect(accepted.stdout).toContain('collector')
      const mounts = [...readFileSync(compose, 'utf8').matchAll(/- \.\/(\S+?):/g)].map((match) => match[1] as string)
      expect(mounts.length).toBeGreaterThan(3)
      expect(mounts.filter((mount) => !existsSync(join(out, mount)))).toEqual([])
    },
  )
})
