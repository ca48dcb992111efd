export { DropReport } from './drop-report.ts'
export { Notes } from './notes.ts'
export { SdkMetrics, type SdkCounts, type SignalState } from './sdk-metrics.ts'
