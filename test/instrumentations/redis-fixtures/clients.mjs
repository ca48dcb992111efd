import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** The same words for all clients: a command by its words, and lists of them. */
export async function openClient(library, url, options = {}) {
  const loaded = require(library)
  if (library.startsWith('redis')) {
    const client = loaded.createClient({ url, socket: { reconnectStrategy: false }, ...options })
    client.on('error', () => {})
    return {
      client,
      connect: () => client.connect(),
      command: (...words) => client.sendCommand(words),
      batch: (mode, commands) => {
        const multi = client.multi()
        for (const words of commands) multi.addCommand(words)
        return mode === 'multi' ? multi.exec() : multi.execAsPipeline()
      },
      close: () => client.close(),
    }
  }
  const client = new loaded.Redis(url, { lazyConnect: true, retryStrategy: () => null, ...options })
  client.on('error', () => {})
  return {
    client,
    connect: () => client.connect(),
    command: (name, ...words) => client.call(name, ...words),
    batch: (mode, commands) => client[mode](commands.map((words) => ['call', ...words])).exec(),
    close: () => client.quit(),
  }
}
