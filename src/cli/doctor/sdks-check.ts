import { DATADOG, NODE_SDK, SENTRY } from '../../foreign-sdk.ts'
import { ok, warning, type Check, type Finding } from './finding.ts'
import { findInstalled, namedPackages } from './installed-package.ts'

const SDKS: Readonly<Record<string, { readonly cure: string }>> = {
  '@opentelemetry/sdk-node': NODE_SDK,
  '@opentelemetry/auto-instrumentations-node': NODE_SDK,
  '@azure/monitor-opentelemetry': NODE_SDK,
  '@elastic/opentelemetry-node': NODE_SDK,
  '@honeycombio/opentelemetry-node': NODE_SDK,
  '@splunk/otel': NODE_SDK,
  'dd-trace': DATADOG,
  '@sentry/node': SENTRY,
}

/** Other SDKs that the program names in its package.json, or that are simply there where it has none. */
export function sdksCheck(directory: string): Check {
  const subject = 'other SDKs'
  return {
    subject,
    async run() {
      const named = await namedPackages(directory)
      const asked = Object.keys(SDKS).filter((name) => named === undefined || named.has(name))
      const findings = (await Promise.all(asked.map((name) => look(name, directory)))).flat()
      return findings.length > 0 ? findings : [ok(subject, 'none')]
    },
  }
}

async function look(name: string, directory: string): Promise<Finding[]> {
  const found = await findInstalled(name, directory)
  const { cure } = SDKS[name] as { cure: string }
  return found === undefined
    ? []
    : [warning(name, `${found.version} is here too; which of both is registered first has OpenTelemetry's API`, cure)]
}
