export { createFrameworksInstrumentation, observeFramework } from './frameworks-instrumentation.ts'
