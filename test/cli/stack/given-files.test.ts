import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { files, folder, read, ruleText, stack, write } from './stack-folder.ts'

describe.each([
  { option: '--settings', own: 'stack/settings.yaml', text: 'retention: { traces: 3d }\n', other: 'retention: { traces: 4d }\n', file: 'stack/tempo/tempo.yaml', has: ['block_retention: 72h', 'block_retention: 96h'] }, // prettier-ignore
  { option: '--alerts', own: 'stack/alerts.yaml', text: ruleText('mine'), other: ruleText('others'), file: 'stack/grafana/provisioning/alerting/clew.yaml', has: ['title: mine', 'title: others'] }, // prettier-ignore
])('a file given by $option', ({ option, own, text, other, file, has }) => {
  let mine: string
  beforeEach(() => {
    mine = join(folder, 'mine.yaml')
    write('mine.yaml', text)
  })

  test('is copied into the folder, so that the next time it holds without the option', async () => {
    const { code, stdout } = await stack([option, mine])
    expect([code, stdout]).toEqual([0, expect.stringContaining(`written  ${own}, a copy of ${mine}\n`)])
    expect([read(own), read(file)]).toEqual([text, expect.stringContaining(has[0] as string)])
    expect((await stack()).stdout).toMatch(/^0 written/)
    expect(read(file)).toContain(has[0])
  })

  test('wins over the folder’s, which stays; the command says so where they differ', async () => {
    await stack([option, mine])
    expect(await stack([option, mine])).toMatchObject({ code: 0, stderr: '' })
    write('mine.yaml', other)
    const said = `clew: ${mine} was used, and ${own} in the folder, which differs, was not: without ${option} it will be\n`
    expect(await stack([option, mine])).toMatchObject({ code: 0, stderr: said })
    expect([read(own), read(file)]).toEqual([text, expect.stringContaining(has[1] as string)])
    expect(await stack([option, mine, '--check'])).toMatchObject({ code: 0, stderr: said })
    expect(await stack(['--check'])).toMatchObject({ code: 1 })
  })

  test('and is gone: the defaults don’t take its place, until it is named again', async () => {
    await stack([option, mine])
    rmSync(join(folder, own))
    const { code, stdout, stderr } = await stack()
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(new RegExp(`^clew: ${own} is gone: put it back, or name a file with ${option} \\(the defaults: ${own}\\)\nclew: nothing was written\n$`)) // prettier-ignore
    expect(read(file)).toContain(has[0])
    expect(await stack(['--check'])).toMatchObject({ code: 1, stdout: `missing     ${own}\n` })
    expect(await stack([option, mine, '--check'])).toMatchObject({ code: 1, stdout: `missing     ${own}\n` })
    expect(await stack([option, mine])).toMatchObject({ code: 0 })
    expect(await stack(['--check'])).toMatchObject({ code: 0 })
  })
})

test.each([
  ['--settings', 'there is none (ENOENT)'],
  ['--alerts', 'there is none (ENOENT)'],
])('a file named by %s that is not there is an error', async (option, reason) => {
  const { code, stderr } = await stack([option, join(folder, 'none.yaml')])
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^clew: can't read .*none\.yaml: /)])
  expect(stderr).toContain(`${reason}; nothing was written\n`)
  expect(files()).toEqual([])
})
