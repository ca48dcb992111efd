import { spawn } from 'node:child_process'
import { repositoryRoot } from '../../../stack/native/repository.ts'

/**
 * Runs a program of this repository with Node to its natural end.
 *
 * @throws when it fails, with what it printed.
 */
export async function runProgram(path: string, env: Readonly<Record<string, string>>): Promise<string> {
  const options = { cwd: repositoryRoot, env: { PATH: process.env['PATH'] ?? '', ...env } }
  const child = spawn(process.execPath, [path], { ...options, stdio: ['ignore', 'pipe', 'pipe'], timeout: 30_000 })
  let printed = ''
  const keep = (chunk: Buffer) => void (printed += chunk.toString())
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const code = await new Promise((resolve) => void child.once('close', resolve))
  if (code !== 0) throw new Error(`${path} ended with ${String(code)}:\n${printed}`)
  return printed
}
