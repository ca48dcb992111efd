import { visibleLine } from '../text/visible.ts'
import { serviceColour } from './service-colour.ts'

/** A service by name, with a dot in its colour. */
export function ServiceTag({ service }: { service: string | null }) {
  return (
    <span class="service">
      <span class="dot" data-colour={serviceColour(service)} />
      <bdi>{visibleLine(service, 60) || '–'}</bdi>
    </span>
  )
}
