export { DeliveryCounters, DROP_REASONS, type DropReason } from './delivery-counters.ts'
export type { DeliverySettings } from './delivery.ts'
export { startDelivery, type DeliveryHost } from './delivery-host.ts'
