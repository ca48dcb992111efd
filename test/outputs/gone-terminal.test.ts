import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hasTerminal } from '../cli/dev-process.ts'
import { until } from '../support/until.ts'

const FIXTURE = join(import.meta.dirname, '../fixtures/terminal.mjs')

test.skipIf(!hasTerminal())('a program outlives its terminal, which its lines went to', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'clew-'))
  const file = join(directory, 'told')
  const command = `exec ${process.execPath} ${FIXTURE} ${file} 2>${file}.notes`
  const env = { PATH: process.env['PATH'] ?? '', TERM: 'xterm', CLEW_LOG_FILE: 'off', CLEW_LIFECYCLE: 'false' }
  const terminal = spawn('script', ['-qefc', command, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'ignore'] })
  try {
    let seen = ''
    terminal.stdout.on('data', (chunk: Buffer) => (seen += chunk.toString()))
    await until('lines are on the terminal', () => seen.includes('[\u001b[32mINFO\u001b[0m] terminal: a line'))
    terminal.kill('SIGKILL')
    const told = (): string => readFileSync(file, 'utf8')
    await until('the program ends', () => {
      try {
        return told().includes('exit')
      } catch {
        return false
      }
    })
    expect(told()).toBe('said after it was gone\nexit 0\n')
    expect(readFileSync(`${file}.notes`, 'utf8')).toContain('could not be written to console: Error: write EIO')
  } finally {
    terminal.kill('SIGKILL')
    rmSync(directory, { recursive: true })
  }
})
