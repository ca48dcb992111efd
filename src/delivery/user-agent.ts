/** How requests name their sender; the version is the one in package.json. @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/#user-agent */
export const USER_AGENT = 'clew/0.1.0 OTel-OTLP-Exporter-JavaScript/0.1.0'
