export { LazyMeterProvider, loadMetrics } from './lazy-meter-provider.ts'
