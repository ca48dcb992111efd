/**
 * How far there is to go: the least that can be done for a record, by hand, for these six fields and nothing else: no trace ids, no redaction, nothing kept when something fails.
 * Options: `protobuf` into a buffer, `file` appends the buffer to a file when it is full, `post` posts it to the receiver from this thread, `json` makes lines of JSON and writes many at once to stdout.
 */
import { openSync, writeSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { endpoint, home } from '../clew-build.ts'
import type { Peer } from '../peer.ts'
import { BOUND } from '../workload.ts'
import { HandEncoder } from './hand-encoder.ts'

const BLOCK_CHARACTERS = 32_768

export function open(option: string): Peer {
  if (option === 'json') return jsonLines()
  const append = option === 'file' ? appender() : undefined
  const poster = option === 'post' ? new Poster() : undefined
  const encoder = new HandEncoder((batch) => {
    append?.(batch)
    poster?.post(batch)
  })
  return {
    info: (message, fields) => encoder.add(message, fields),
    child: (message, fields) => encoder.add(message, fields, BOUND),
    close: () => {
      encoder.end()
      return poster?.settled() ?? Promise.resolve()
    },
  }
}

/** Lines are written when there are enough of them. */
function jsonLines(): Peer {
  let lines = ''
  const write = (): void => {
    writeSync(1, lines)
    lines = ''
  }
  return {
    info: (message, fields) => {
      lines += `{"level":"INFO","time":${Date.now()},"order.id":${fields['order.id']},"cart.id":${JSON.stringify(fields['cart.id'])},"carrier.name":${JSON.stringify(fields['carrier.name'])},"cart.state":${JSON.stringify(fields['cart.state'])},"price":${fields.price},"is.new":${fields['is.new']},"message":${JSON.stringify(message)}}\n`
      if (lines.length > BLOCK_CHARACTERS) write()
    },
    close: async () => write(),
  }
}

function appender(): (batch: Buffer) => void {
  const file = openSync(join(home(), 'floor'), 'a')
  return (batch) => void writeSync(file, batch)
}

class Poster {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #url = new URL('/v1/logs', endpoint())
  #last: Promise<void> = Promise.resolve()

  /** Bodies go out one after another. */
  post(batch: Buffer): void {
    const body = Buffer.from(batch)
    this.#last = this.#last.then(() => this.#send(body))
  }

  #send(body: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length }
      const sent = request(this.#url, { method: 'POST', agent: this.#agent, headers }, (answer) => {
        answer.resume().on('end', resolve)
      })
      sent.on('error', reject).end(body)
    })
  }

  async settled(): Promise<void> {
    await this.#last
    this.#agent.destroy()
  }
}
