export { DropReport } from './drop-report.ts'
export { Notes } from './notes.ts'
export { RuntimeMetrics } from './runtime-metrics.ts'
export { SdkMetrics, type SdkCounts, type SignalState } from './sdk-metrics.ts'
