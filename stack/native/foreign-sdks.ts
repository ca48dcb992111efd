import { spawnSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buildOnce } from './build-once.ts'
import { findProgram } from './find-program.ts'
import { buildWithGo } from './found-program.ts'
import { runStep } from './run-step.ts'

/** A program and its first arguments, or one line that says how to get what it needs. */
export type ForeignProgram = { readonly command: readonly [string, ...string[]] } | { readonly missing: string }

const folder = join(import.meta.dirname, 'foreign')

/**
 * The program that sends with OpenTelemetry's SDK for Python, and the Python to run it; its packages are installed once
 * for each state of `foreign/python/requirements.txt`.
 *
 * @throws when the packages can't be installed.
 */
export async function pythonProgram(): Promise<ForeignProgram> {
  const python = findProgram('python3')
  const version = python && pythonVersion(python)
  if (python === undefined || version === undefined)
    return { missing: 'no Python 3 with venv and pip: apt-get install python3-venv, or https://www.python.org' }
  const requirements = join(folder, 'python/requirements.txt')
  const launcher = await buildOnce({
    name: `foreign-python-${version}`,
    manifests: [requirements],
    async build(_, output) {
      // It may be moved: what runs is its Python, which finds its packages beside itself.
      const environment = join(dirname(output), 'venv')
      await runStep({ title: 'making a virtual environment of Python', program: python, args: ['-m', 'venv', environment], cwd: folder }) // prettier-ignore
      const args = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--disable-pip-version-check', '-r', requirements]
      await runStep({ title: 'installing OpenTelemetry for Python', program: join(environment, 'bin/python'), args, cwd: folder }) // prettier-ignore
      writeFileSync(output, '#!/bin/sh\nexec "$(dirname "$0")/venv/bin/python" "$@"\n')
      chmodSync(output, 0o755)
    },
  })
  return { command: [launcher, join(folder, 'python/main.py')] }
}

/** `3.11`; undefined for one that can't make virtual environments. */
function pythonVersion(python: string): string | undefined {
  const code = 'import ensurepip, sys, venv; print("%d.%d" % sys.version_info[:2])'
  const { status, stdout } = spawnSync(python, ['-c', code], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

/**
 * The program that sends with OpenTelemetry's SDK for Go, built once for each state of `foreign/go`.
 *
 * @throws when the build fails.
 */
export async function goProgram(): Promise<ForeignProgram> {
  if (findProgram('go') === undefined) return { missing: 'no Go: install Go 1.26 or newer (https://go.dev/dl/)' }
  const announce = 'a program with OpenTelemetry’s SDK for Go, in about a minute'
  return { command: [await buildWithGo({ name: 'foreign-go', folder: join(folder, 'go'), announce })] }
}
