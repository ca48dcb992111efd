import { ExpressWatch } from './express.ts'
import { FastifyWatch } from './fastify.ts'
import type { FrameworkWatch } from './framework-watch.ts'
import { HonoWatch } from './hono.ts'
import { KoaWatch } from './koa.ts'
import { loadedFiles } from './loaded-files.ts'
import { NestWatch } from './nest.ts'
import type { Quietly } from './patched-copies.ts'

/** All frameworks that are known, each with the copies of it that the program has loaded. */
export class Watches {
  readonly #watches: readonly FrameworkWatch[]
  readonly #quietly: Quietly

  constructor(onError: (error: unknown) => void) {
    this.#quietly = (step) => {
      try {
        step()
      } catch (error) {
        onError(error)
      }
    }
    this.#watches = [ExpressWatch, FastifyWatch, HonoWatch, KoaWatch, NestWatch].map(
      (Watch) => new Watch(this.#quietly),
    )
  }

  /** Looks for copies that were loaded since. */
  find(): void {
    this.#quietly(() => {
      const files = loadedFiles()
      for (const watch of this.#watches) this.#quietly(() => watch.find(files))
    })
  }

  /** @returns whether any framework knows the application */
  add(app: object): boolean {
    let known = false
    for (const watch of this.#watches) this.#quietly(() => (known ||= watch.add(app)))
    return known
  }

  stop(): void {
    for (const watch of this.#watches) watch.stop()
  }

  status(): string {
    const said = this.#watches.map((watch) => ({ name: watch.name, status: watch.status() }))
    return said.flatMap(({ name, status }) => (status === undefined ? [] : [`${name}: ${status}`])).join('; ')
  }
}
