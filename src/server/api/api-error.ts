/** A request that the log API refuses, in the shape it answers with. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: 400 | 403 | 404 | 405 | 500 | 501
  readonly where: string
  readonly found: string
  readonly allowed: string

  constructor(status: ApiError['status'], where: string, found: string, allowed: string) {
    super(`${where}: found ${found}, allowed: ${allowed}`)
    this.status = status
    this.where = where
    this.found = found
    this.allowed = allowed
  }

  /** The answer's body. */
  toJSON(): { error: { where: string; found: string; allowed: string } } {
    return { error: { where: this.where, found: this.found, allowed: this.allowed } }
  }
}
