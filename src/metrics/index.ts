export { stableAttributes } from './stable-attributes.ts'
export { LazyMeterProvider, loadMetrics } from './lazy-meter-provider.ts'
