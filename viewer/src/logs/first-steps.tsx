import { health } from '../api/connection.ts'
import { CopyButton } from '../controls/copy-button.tsx'

const DEFAULT_ENDPOINT = 'http://127.0.0.1:4318'

/** Shown while nothing was ever received: how to send telemetry here. */
export function FirstSteps() {
  const endpoint = health.value?.otlp ?? DEFAULT_ENDPOINT
  const option = endpoint === DEFAULT_ENDPOINT ? '' : `, otlp: { endpoint: '${endpoint}' }`
  const node = `import { init, getLogger } from 'clew'\n\ninit({ service: 'shop'${option} })\ngetLogger('orders').info('order placed', { 'order.id': 7 })`
  const other = `OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint}`
  return (
    <section class="first-steps" aria-labelledby="first-steps-title">
      <h2 id="first-steps-title">Waiting for the first record</h2>
      <p>The server is ready. Records appear here the moment they arrive.</p>
      <Snippet name="From Node, with clew" text={node} />
      <Snippet name="From any OpenTelemetry SDK, in any language" text={other} />
      <p class="quiet">
        OTLP over HTTP, protobuf or JSON: <code>/v1/logs</code>, <code>/v1/traces</code>, <code>/v1/metrics</code>.
      </p>
    </section>
  )
}

function Snippet({ name, text }: { name: string; text: string }) {
  return (
    <figure class="snippet">
      <figcaption>
        {name}
        <CopyButton name="snippet" text={() => text} />
      </figcaption>
      <pre>
        <code>{text}</code>
      </pre>
    </figure>
  )
}
