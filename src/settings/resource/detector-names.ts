/** The values of OTEL_NODE_RESOURCE_DETECTORS, besides `all` and `none`. */
export const DETECTOR_NAMES = ['env', 'host', 'os', 'process', 'serviceinstance', 'container', 'k8s'] as const
export type DetectorName = (typeof DETECTOR_NAMES)[number]
