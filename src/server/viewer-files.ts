import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.map': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
}
const POLICY =
  "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
const NOT_BUILT = `<!doctype html><title>clew</title><h1>The viewer is not built</h1>
<p>Run <code>npm run build:viewer</code> and load this page again. The log API works without it: <a href="/api/v1/logs/health">health</a>.</p>`

/** Where the build puts the viewer, seen from the sources and from the build itself. */
export function builtViewerFolder(): string {
  return fileURLToPath(
    new URL(import.meta.url.endsWith('.ts') ? '../../dist/viewer/' : '../../viewer/', import.meta.url),
  )
}

/** The viewer's files. Every other path leads to the page, which keeps its place behind a hash. */
export class ViewerFiles {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = normalize(folder + sep)
  }

  /** The answer for a path; 404 for a missing file that has an extension. */
  async answer(path: string): Promise<Response> {
    const page = join(this.#folder, 'index.html')
    if (!existsSync(page)) return fileResponse(NOT_BUILT, '.html', 'no-store', 503)
    const file = this.#file(path)
    const content = file === undefined ? undefined : await contentOf(file)
    if (file !== undefined && content !== undefined) return fileResponse(content, extname(file), cachingOf(path))
    if (extname(path) !== '') return fileResponse('not found', '.txt', 'no-store', 404)
    // The page keeps its place behind a hash, so that filters stay out of access logs.
    if (path !== '/') return new Response(null, { status: 302, headers: { location: `/#${path}` } })
    return fileResponse(await readFile(page), '.html', 'no-cache')
  }

  /** Only files inside the folder. */
  #file(path: string): string | undefined {
    if (path === '/') return undefined
    let decoded: string
    try {
      decoded = decodeURIComponent(path)
    } catch {
      return undefined
    }
    const file = normalize(join(this.#folder, decoded))
    return file.startsWith(this.#folder) && !decoded.includes('\0') ? file : undefined
  }
}

async function contentOf(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file)
  } catch {
    return undefined
  }
}

/** The build puts a hash into the names of assets: they never change. */
function cachingOf(path: string): string {
  return path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
}

function fileResponse(content: Buffer | string, extension: string, caching: string, status = 200): Response {
  const headers = {
    'content-type': TYPES[extension] ?? 'application/octet-stream',
    'cache-control': caching,
    'content-security-policy': POLICY,
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
  }
  return new Response(typeof content === 'string' ? content : new Uint8Array(content), { status, headers })
}
