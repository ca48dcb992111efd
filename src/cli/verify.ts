import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  ChainHasher,
  openTable,
  readKey,
  sqlitePath,
  verifyChains,
  type AuditTable,
  type ChainReport,
  type Checkpoint,
} from '../database/index.ts'
import type { Output } from './output.ts'

/** What `clew verify` takes. */
export interface VerifyOptions {
  readonly home: string
  readonly url?: string
  readonly table: string
  readonly keyFile?: string
  /** A file with checkpoints that were kept elsewhere, one JSON object in a line. */
  readonly checkpoints?: string
  readonly printCheckpoints?: boolean
  readonly json?: boolean
}

const CANNOT_PROVE = `What this can't prove: rows, or whole chains, that were cut off at the end together with their checkpoint. Only a checkpoint
that was kept elsewhere shows that: clew verify --print-checkpoints >> kept.jsonl, later clew verify --checkpoints kept.jsonl.
Who has the key can write a chain anew: keep it where the database's administrators can't read it (CLEW_AUDIT_KEY).`

/** Follows the chains of a database; resolves to the exit code, 0 only when no link is broken. */
export async function verify(options: VerifyOptions, output: Output): Promise<number> {
  let table: AuditTable | undefined
  try {
    const hasher = new ChainHasher(findKey(options))
    const elsewhere = readCheckpoints(options.checkpoints)
    table = await openTable({ url: findUrl(options), table: options.table }, true)
    if (options.printCheckpoints === true) return await printCheckpoints(table, output)
    return report(await verifyChains(table, hasher, elsewhere), options, output)
  } catch (error) {
    output.complain(error instanceof Error ? error.message : String(error))
    return 2
  } finally {
    await table?.close()
  }
}

function findUrl({ url = process.env['CLEW_DATABASE_URL'], home }: VerifyOptions): string {
  const found = url ?? `sqlite:${join(home, 'audit.db')}`
  const path = sqlitePath(found)
  if (path !== undefined && !existsSync(path))
    throw new Error(`there is no database ${path}: clew verify --url <url>, or --home <folder>`)
  return found
}

function findKey({ keyFile, home }: VerifyOptions): string {
  const text = process.env['CLEW_AUDIT_KEY']
  if (keyFile === undefined && text !== undefined && text !== '') return text
  const file = keyFile ?? join(home, 'audit.key')
  if (!existsSync(file)) throw new Error(`there is no key ${file}: clew verify --key-file <file>, or CLEW_AUDIT_KEY`)
  return readKey(file)
}

function readCheckpoints(file: string | undefined): Checkpoint[] {
  if (file === undefined) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : parseCheckpoint(line, `${file}:${index + 1}`)))
}

function parseCheckpoint(line: string, where: string): Checkpoint {
  const { writer, seq, hash, key_id, signature } = parseObject(line)
  const isText = [writer, hash, key_id, signature].every((part) => typeof part === 'string')
  if (!isText || typeof seq !== 'number')
    throw new Error(`${where}: not a checkpoint of clew verify --print-checkpoints`)
  return { writer, seq, hash, key_id, signature } as Checkpoint
}

function parseObject(line: string): Record<string, unknown> {
  try {
    return { ...(JSON.parse(line) as object) }
  } catch {
    return {}
  }
}

async function printCheckpoints(table: AuditTable, output: Output): Promise<number> {
  for (const checkpoint of await table.checkpoints()) output.say(JSON.stringify(checkpoint))
  return 0
}

function report(chains: readonly ChainReport[], { json, table }: VerifyOptions, output: Output): number {
  const broken = chains.flatMap((chain) => chain.broken ?? [])
  const rows = chains.reduce((total, chain) => total + chain.rows, 0)
  const intact = broken.length === 0
  if (json === true) output.say(JSON.stringify({ intact, rows, chains }))
  else {
    for (const { writer, seq, timestamp, problem } of broken)
      output.say(
        `BROKEN ${table} writer ${writer} row ${seq}${timestamp === undefined ? '' : ` (${timestamp})`}: ${problem}`,
      )
    output.say(
      `${rows} rows in ${chains.length} ${chains.length === 1 ? 'chain' : 'chains'}: ${intact ? 'every link holds' : `${broken.length} broken`}`,
    )
    output.say(CANNOT_PROVE)
  }
  return intact ? 0 : 1
}
