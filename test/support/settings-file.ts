import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
// The build: the reader of files is loaded by require(), which older Nodes can't do with TypeScript.
import {
  resolveSettings,
  SettingsError,
  type InitOptions,
  type ResolvedSettings,
} from '../../dist/src/settings/index.js'

/** What a file of settings comes to. */
export interface FileTrial {
  /** Resolves with the file; throws as `init()` would. */
  resolve(text: string | Buffer, variables?: Record<string, string>, options?: InitOptions): ResolvedSettings
  /** The mistakes in the file, each as a line; the file is called `config.yaml`. */
  mistakes(text: string | Buffer, variables?: Record<string, string>): string[]
  /** What holds in a program that did not ask for clew, and what is said there. */
  forgiven(text: string | Buffer, variables?: Record<string, string>): ResolvedSettings
  readonly folder: string
  remove(): void
}

/** Files of settings in a folder of their own. */
export function fileTrial(): FileTrial {
  const folder = mkdtempSync(join(tmpdir(), 'clew-settings-'))
  const config = join(folder, 'config.yaml')
  const resolve: FileTrial['resolve'] = (text, variables = {}, options = {}) => {
    writeFileSync(config, text)
    return resolveSettings({ service: 's', config, ...options }, variables)
  }
  return {
    folder,
    resolve,
    mistakes: (text, variables) => {
      try {
        resolve(text, variables)
        return []
      } catch (error) {
        if (!(error instanceof SettingsError)) throw error
        return error.message.split('\n').slice(1).map((line) => line.trim().replaceAll(`${folder}/`, '')) // prettier-ignore
      }
    },
    forgiven: (text, variables = {}) => {
      writeFileSync(config, text)
      return resolveSettings({ service: 's', config }, variables, { forgiving: true })
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
