import type { Attributes, ResourceEntry, ScopeEntry } from '../../otlp/decode-entry.ts'
import type { Database } from './database.ts'

const MAX_KNOWN = 10_000

/** Numbers for resources and scopes, which repeat from record to record. */
export class Names {
  readonly #database: Database
  #ids = new WeakMap<ResourceEntry | ScopeEntry, number>()
  readonly #resources = new Map<number, { service: string | null; attributes: string }>()
  readonly #scopes = new Map<number, string>()

  constructor(database: Database) {
    this.#database = database
  }

  resourceId(resource: ResourceEntry): number {
    return this.#idOf(resource, () => {
      const attributes = JSON.stringify(resource.attributes)
      this.#database.run(
        'insert or ignore into resources (service, attributes) values (?, ?)',
        resource.service,
        attributes,
      )
      return this.#database.get('select id from resources where attributes = ?', attributes)?.['id'] as number
    })
  }

  scopeId(scope: ScopeEntry): number {
    return this.#idOf(scope, () => {
      const key = [scope.name, scope.version, JSON.stringify(scope.attributes)] as const
      this.#database.run('insert or ignore into scopes (name, version, attributes) values (?, ?, ?)', ...key)
      const sql = 'select id from scopes where name = ? and version = ? and attributes = ?'
      return this.#database.get(sql, ...key)?.['id'] as number
    })
  }

  /** The name of a stored scope. */
  component(scopeId: number): string {
    let name = this.#scopes.get(scopeId)
    if (name !== undefined) return name
    name = String(this.#database.get('select name from scopes where id = ?', scopeId)?.['name'] ?? '')
    if (this.#scopes.size >= MAX_KNOWN) this.#scopes.clear()
    this.#scopes.set(scopeId, name)
    return name
  }

  /** The service of a stored resource. */
  service(resourceId: number): string | null {
    return this.#resource(resourceId).service
  }

  /** The attributes of a stored resource. */
  resourceAttributes(resourceId: number): Attributes {
    return JSON.parse(this.#resource(resourceId).attributes) as Attributes
  }

  /** Drops what is remembered, after a transaction was taken back. */
  forget(): void {
    this.#ids = new WeakMap()
    this.#resources.clear()
    this.#scopes.clear()
  }

  /** Entries of one block share their object, so this is asked for once a block. */
  #idOf(entry: ResourceEntry | ScopeEntry, find: () => number): number {
    let id = this.#ids.get(entry)
    if (id === undefined) {
      id = find()
      this.#ids.set(entry, id)
    }
    return id
  }

  #resource(id: number): { service: string | null; attributes: string } {
    let known = this.#resources.get(id)
    if (known !== undefined) return known
    const row = this.#database.get('select service, attributes from resources where id = ?', id)
    const service = row?.['service']
    known = { service: typeof service === 'string' ? service : null, attributes: String(row?.['attributes'] ?? '{}') }
    if (this.#resources.size >= MAX_KNOWN) this.#resources.clear()
    this.#resources.set(id, known)
    return known
  }
}
