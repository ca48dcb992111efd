export { LazyMeterProvider } from './lazy-meter-provider.ts'
