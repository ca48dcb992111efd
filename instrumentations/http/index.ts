export { isRouteTold, tellRequest, type FrameworkTold } from './framework-told.ts'
export { createHttpInstrumentation } from './http-instrumentation.ts'
export { DEFAULT_HTTP_SETTINGS, type HttpOptions, type HttpSettings } from './http-settings.ts'
export { startServerSpan, type ServerSpan } from './server-span.ts'
