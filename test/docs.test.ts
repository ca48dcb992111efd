import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { optionNames, optionNamesTable } from '../schema/option-names.ts'
import { startReceiver } from './support/otlp-receiver.ts'
import { runProgram } from './support/program.ts'
import { hasRedisServer, startRedisServer, type RedisServer } from './support/redis-server.ts'
import { fileTrial } from './support/settings-file.ts'

const ROOT = join(import.meta.dirname, '..')
const FOLDER = '.cache/docs'
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')
const pages = ['README.md', 'DESIGN.md', ...globSync('docs/*.md', { cwd: ROOT })]

let redis: RedisServer | undefined
beforeAll(async () => {
  redis = hasRedisServer() ? await startRedisServer() : undefined
})
afterAll(async () => {
  await redis?.stop()
  rmSync(join(ROOT, FOLDER), { recursive: true, force: true })
})

const WITH_PROGRAMS = [
  'plugins',
  'instrumentations',
  'logging',
  'volume',
  'configuration',
  'audit',
  'context',
  'existing-loggers',
  'outputs',
  'errors',
  'resource-and-sampling',
  'database',
  'http',
  'frameworks',
  'websocket',
  ...(hasRedisServer() ? ['redis'] : []),
].map((name) => `docs/${name}.md`)

describe.each(['README.md', ...WITH_PROGRAMS])('the programs in %s', (page) => {
  const blocks = [...read(page).matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] as string)

  test.each(blocks.map((block, index) => [index, block] as const))(
    'number %i runs, and its records arrive',
    async (index, block) => {
      const receiver = await startReceiver()
      const other = await startReceiver()
      try {
        const file = join(FOLDER, `${basename(page)}-${index}.ts`)
        mkdirSync(join(ROOT, FOLDER), { recursive: true })
        const program = block.includes('init(') ? block : `import { init } from 'clew'\ninit()\n${block}`
        writeFileSync(join(ROOT, file), program)
        const environment = {
          OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
          OTHER_COLLECTOR: `${other.url}/v1/logs`,
          CLEW_HOME: join(ROOT, FOLDER, 'home'),
          CLEW_AUDIT_KEY: 'the key of these programs',
          REDIS_URL: redis?.url ?? '',
        }
        const end = await runProgram(file, [], environment, [
          '--experimental-strip-types',
          '--disable-warning=ExperimentalWarning',
        ])
        expect({ code: end.code, stderr: end.stderr }).toEqual({ code: 0, stderr: '' })
        const said = [
          ...block.matchAll(
            /log\.(info|error|debug|event|operation|startOperation)\(|log(Operation|Error)\(|\b(audit|system)\.\w+\(|clew\.ready\(|publish\(|mine\.info\(|\.(emit\(\{|setLevel\()/g,
          ),
        ].length
        // SHUTDOWN itself, and the part.
        const closed = block.includes('onShutdown(') ? 2 : 0
        // Received, completed, called.
        const requests = 3 * [...block.matchAll(/await fetch\(/g)].length
        // The server's audit records of its session.
        const sessions = block.includes('WebSocketServer') ? 2 : 0
        expect(receiver.logs.length).toBe(said + closed + requests + sessions)
        expect(other.logs.length).toBe(block.includes('OTHER_COLLECTOR') ? said : 0)
      } finally {
        await receiver.close()
        await other.close()
      }
    },
  )
})

test('every link to a file leads to one', () => {
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
      .map((match) => join(dirname(page), match[1] as string))
      .filter((target) => !existsSync(join(ROOT, target))),
  )
  expect(broken).toEqual([])
})

test('every option and every environment variable is on the page of options', () => {
  const [told, listed = ''] = read('docs/options.md').split('## Every name')
  const page = told + read('docs/privacy.md')
  const names = optionNames()
  const variables = names.flatMap((one) => one.variables)
  const options = names.map(({ option }) => option.split('.').at(-1) as string)
  expect(variables.length).toBeGreaterThan(10)
  expect(options.length).toBeGreaterThan(10)
  expect([...variables, ...options].filter((name) => !page.includes(name))).toEqual([])
  const cells = (table: string): string[] => table.match(/^\|.*/gm)?.map((row) => row.replaceAll(/[ -]+/g, ' ')) ?? []
  expect(cells(listed), 'npm run schema').toEqual(cells(optionNamesTable()))
})

test('the files of settings on their page are right, save one that shows its mistakes', () => {
  const page = read('docs/configuration.md')
  const good = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] as string)
  const [, wrong = ''] = /```yaml wrong\n([\s\S]*?)```/.exec(page) ?? []
  const [, message = ''] = /```text\n([\s\S]*?)\n```/.exec(page) ?? []
  const trial = fileTrial()
  try {
    expect(good.map((text) => trial.mistakes(text))).toEqual([[]])
    expect(trial.mistakes(wrong)).toEqual(message.split('\n').slice(1).map((line) => line.trim())) // prettier-ignore
    expect(() => trial.resolve(wrong)).toThrow(message.split('\n')[0])
  } finally {
    trial.remove()
  }
})

test('every kind of note is on the page of diagnostics', () => {
  const page = read('docs/diagnostics.md')
  const source = globSync('src/**/*.ts', { cwd: ROOT }).map(read).join('\n')
  const kinds = [...source.matchAll(/(?:note|once|say)\('([a-z_]+)'/g)].map((match) => match[1] as string)
  expect(kinds.length).toBeGreaterThan(6)
  expect(kinds.filter((kind) => !page.includes(`\`${kind}\``))).toEqual([])
})
