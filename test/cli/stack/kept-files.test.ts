import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { files, folder, read, settle, stack, write } from './stack-folder.ts'

describe('a file that was changed by hand', () => {
  beforeEach(async () => {
    await stack()
    const lines = read('docker-compose.yml').split('\n')
    lines.splice(4, 0, '# the password is swordfish')
    write('docker-compose.yml', lines.join('\n'))
  })

  test('is kept and named, with the place of the change and nothing of what stands there; the others are written', async () => {
    settle('retention: { metrics: 99d, traces: 98d }')
    const { code, stdout, stderr } = await stack()
    expect(code).toBe(1)
    expect(stderr).toMatch(/^clew: docker-compose\.yml was kept: it was changed by hand, between lines 5 and \d+\n/)
    expect(stderr).toContain('--force replaces them')
    expect(stdout + stderr).not.toContain('swordfish')
    expect(read('docker-compose.yml')).toContain('swordfish')
    expect(read('stack/tempo/tempo.yaml')).toContain(`block_retention: ${98 * 24}h`)
  })

  test('is still known as such the next time', async () => {
    await stack()
    expect(await stack()).toMatchObject({ code: 1, stderr: expect.stringContaining('docker-compose.yml was kept') })
    expect(read('docker-compose.yml')).toContain('swordfish')
  })

  test('is replaced with --force', async () => {
    expect(await stack(['--force'])).toMatchObject({ code: 0, stderr: '' })
    expect(read('docker-compose.yml')).not.toContain('swordfish')
    expect(await stack(['--check'])).toMatchObject({ code: 0 })
  })
})

test('a folder with a file of somebody else is not written to at all', async () => {
  write('docker-compose.yml', 'services: {}\n')
  const { code, stderr } = await stack()
  expect(code).toBe(1)
  expect(stderr).toContain(`${join(folder, 'docker-compose.yml')} is there already, and is not from clew stack`)
  expect(files()).toEqual(['docker-compose.yml'])
  expect(await stack(['--force'])).toMatchObject({ code: 0 })
  expect(read('docker-compose.yml')).toContain('otel/opentelemetry-collector-contrib')
})

describe('what an earlier version wrote, and is not needed any more', () => {
  /** Puts a file there that the manifest has, as it was written. */
  function leave(file: string, text: string, writtenAs = text): void {
    const manifest = JSON.parse(read('stack/.written-by-clew.json')) as { files: Record<string, string> }
    writeFileSync(join(folder, file), text)
    manifest.files[file] = createHash('sha256').update(writtenAs).digest('hex')
    write('stack/.written-by-clew.json', JSON.stringify(manifest))
  }

  test('is removed', async () => {
    await stack()
    leave('stack/old.yaml', 'old')
    expect(await stack(['--check'])).toMatchObject({ code: 1, stdout: 'not needed  stack/old.yaml\n' })
    expect(await stack()).toMatchObject({ code: 0, stdout: expect.stringContaining('removed  stack/old.yaml\n') })
    expect(existsSync(join(folder, 'stack/old.yaml'))).toBe(false)
  })

  test('is kept when it was changed, and named each time until it is gone', async () => {
    await stack()
    leave('stack/mine.yaml', 'changed since', 'old')
    for (const args of [[], ['--force'], []])
      expect(await stack(args)).toMatchObject({
        code: 1,
        stderr: 'clew: stack/mine.yaml was kept: it is not needed any more, but is not as it was written; remove it, or move it away\n', // prettier-ignore
      })
    expect(await stack(['--check'])).toMatchObject({ code: 1, stdout: 'not needed  stack/mine.yaml\n' })
    expect(read('stack/mine.yaml')).toBe('changed since')
    rmSync(join(folder, 'stack/mine.yaml'))
    expect(await stack()).toMatchObject({ code: 0, stderr: '' })
  })

  test('is none of clew’s where clew stack writes nothing: outside the folder, and what is the user’s', async () => {
    await stack()
    const outside = mkdtempSync(join(tmpdir(), 'clew-outside-'))
    try {
      const text = '# old\n'
      symlinkSync(outside, join(folder, 'stack/link'))
      const files = [relative(folder, join(outside, 'up')), `stack/../${relative(folder, join(outside, 'through'))}`, 'notes.txt', 'stack/settings.yaml', 'stack/link/linked'] // prettier-ignore
      for (const file of files) leave(file, text)
      const { stdout, stderr } = await stack()
      expect(stdout).not.toContain('removed')
      expect(stderr).toContain('stack/link/linked was kept')
      expect(readdirSync(outside).toSorted()).toEqual(['linked', 'through', 'up'])
      expect([read('notes.txt'), read('stack/settings.yaml')]).toEqual([text, text])
    } finally {
      rmSync(outside, { recursive: true })
    }
  })
})
