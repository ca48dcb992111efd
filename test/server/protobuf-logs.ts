import { SeverityNumber } from '@opentelemetry/api'
import { ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'

/** A logs request of one record, as the official SDK writes it. */
export async function protobufLogs(message: string): Promise<Buffer> {
  const exporter = new InMemoryLogRecordExporter()
  const resource = resourceFromAttributes({ 'service.name': 'shop' })
  const provider = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter })] })
  provider.getLogger('orders').emit({ body: message, severityNumber: SeverityNumber.INFO })
  await provider.forceFlush()
  return Buffer.from(ProtobufLogsSerializer.serializeRequest(exporter.getFinishedLogRecords()) as Uint8Array)
}
