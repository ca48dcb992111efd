import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { canMount, mountSmall, NOT_ROOT } from '../../support/small-disk.ts'
import { MAIN, files, folder, moveTo, read, settle, stack, write } from './stack-folder.ts'

describe('links and modes of the user', () => {
  test('a link stays, and what it leads to is written', async () => {
    await stack()
    const elsewhere = join(folder, 'elsewhere.yaml')
    writeFileSync(elsewhere, read('collector-config.yaml'))
    rmSync(join(folder, 'collector-config.yaml'))
    symlinkSync('elsewhere.yaml', join(folder, 'collector-config.yaml'))
    settle('retention: { debug: 2d }\n')
    expect(await stack()).toMatchObject({ code: 0, stderr: '' })
    expect(lstatSync(join(folder, 'collector-config.yaml')).isSymbolicLink()).toBe(true)
    expect(readFileSync(elsewhere, 'utf8')).toContain('max_days: 2, ')
  })

  test('a link to what is not there is something of the user’s', async () => {
    symlinkSync('nowhere', join(folder, '.env.example'))
    expect(await stack()).toMatchObject({ code: 1, stderr: expect.stringContaining('.env.example is there already') })
    expect(files()).toEqual([])
    expect(await stack(['--force'])).toMatchObject({ code: 0 })
    expect(await stack(['--check'])).toMatchObject({ code: 0 })
  })

  test.each([0o600, 0o666])('a file keeps its mode %o', async (mode) => {
    await stack()
    chmodSync(join(folder, 'stack/loki/loki.yaml'), mode)
    settle('retention: { debug: 2d }\n')
    expect((await stack()).stdout).toContain('written  stack/loki/loki.yaml')
    expect(statSync(join(folder, 'stack/loki/loki.yaml')).mode & 0o777).toBe(mode)
  })
})

describe('where it can’t write', () => {
  test('a file in the place of a folder: it says so, and the folder is as it was', async () => {
    write('stack', 'a file')
    const { code, stderr } = await stack()
    expect([code, stderr]).toEqual([1, expect.stringMatching(/a file stands where a folder has to be .*; nothing was written\n$/)]) // prettier-ignore
    expect(files()).toEqual(['stack'])
  })

  test('a folder in the place of a file', async () => {
    mkdirSync(join(folder, 'docker-compose.yml'))
    const { code, stderr } = await stack(['--force'])
    expect([code, stderr]).toEqual([1, `clew: can't read ${join(folder, 'docker-compose.yml')}: it is a folder (EISDIR); nothing was written\n`]) // prettier-ignore
    expect(files()).toEqual([])
  })

  test('no right to: it says so', async () => {
    await chmod(folder, 0o555)
    const end = asNobody(['stack', '--out', folder])
    expect([end.status, end.stderr]).toEqual([1, expect.stringMatching(/^clew: can't .*: no permission \(EACCES\); nothing was written\n$/)]) // prettier-ignore
    expect(files()).toEqual([])
  })

  test('a failure when some files are in their places already: it does not say that nothing was written', async () => {
    chmodSync(folder, 0o777)
    expect(asNobody(['stack', '--out', folder]).status).toBe(0)
    const manifest = JSON.parse(read('stack/.written-by-clew.json')) as { files: Record<string, string> }
    manifest.files['stack/old/file'] = manifest.files['.env.example'] as string
    write('stack/.written-by-clew.json', JSON.stringify(manifest))
    mkdirSync(join(folder, 'stack/old'))
    write('stack/old/file', read('.env.example'))
    chmodSync(join(folder, 'stack/old'), 0o555)
    settle('retention: { traces: 9d }')
    const { status, stderr } = asNobody(['stack', '--out', folder])
    expect([status, stderr]).toEqual([1, `clew: can't remove ${join(folder, 'stack/old/file')}: no permission (EACCES); other files were written already: when this one can be, say clew stack again\n`]) // prettier-ignore
    expect(read('stack/tempo/tempo.yaml')).toContain('block_retention: 216h')
    expect(files().filter((file) => file.endsWith('.tmp'))).toEqual([])
    chmodSync(join(folder, 'stack/old'), 0o777)
    expect(asNobody(['stack', '--out', folder])).toMatchObject({ status: 0, stderr: '' })
    expect(existsSync(join(folder, 'stack/old/file'))).toBe(false)
  })

  test.skipIf(!canMount())('a disk that gets full: all files are as they were', async ({ onTestFinished }) => {
    const disk = mountSmall({ onTestFinished })
    moveTo(join(disk, 'stack-folder'))
    await stack()
    const before = files().map((file) => [file, read(file)])
    settle('retention: { traces: 9d }')
    fill(disk)
    const { code, stderr } = await stack()
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^clew: can't write .*: no space left on the disk \(ENOSPC\); nothing was written\n$/)]) // prettier-ignore
    const after = files().map((file) => [file, file === 'stack/settings.yaml' ? before.find(([one]) => one === file)?.[1] : read(file)]) // prettier-ignore
    expect(after).toEqual(before)
  })
})

/** Rights don't bind root, whose place another user takes. */
function asNobody(args: readonly string[]) {
  return spawnSync(process.execPath, [join(import.meta.dirname, '../../..', MAIN), ...args], {
    ...NOT_ROOT,
    encoding: 'utf8',
    cwd: '/',
  })
}

function fill(disk: string): void {
  for (const bytes of [65_536, 4_096, 1]) {
    try {
      for (let number = 0; number < 100; number++) writeFileSync(join(disk, `fill-${bytes}-${number}`), Buffer.alloc(bytes)) // prettier-ignore
    } catch {
      // It is full for files of this size.
    }
  }
}
