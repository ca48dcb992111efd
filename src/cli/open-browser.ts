import { spawn } from 'node:child_process'

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
}

/** Opens a page in the user's browser, where there is one; says nothing where there is none. */
export function openBrowser(url: string): void {
  const [command = '', ...arguments_] = OPENERS[process.platform] ?? ['xdg-open']
  spawn(command, [...arguments_, url], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref()
}
