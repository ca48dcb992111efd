import { arch } from 'node:os'
import { knownOnly, readText, type ResourceAttributes, type ResourceSources } from './sources.ts'

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm: 'arm32', ppc: 'ppc32' }
const MACHINE_ID = /^[0-9a-f]{32}$/i

/**
 * The machine. Its id is the one that Linux keeps in a file; other systems tell theirs only to commands, which would take too long.
 * @see https://opentelemetry.io/docs/specs/semconv/resource/host/
 */
export function hostAttributes(sources: ResourceSources): ResourceAttributes {
  return knownOnly({
    'host.name': sources.hostName,
    'host.arch': ARCHITECTURES[arch()] ?? arch(),
    'host.id': ['etc/machine-id', 'var/lib/dbus/machine-id']
      .map((path) => readText(sources, path).trim())
      .find((id) => MACHINE_ID.test(id)),
  })
}
