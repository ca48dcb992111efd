export { bindContext, withContext } from './bind.ts'
export { activeContext, AsyncContextManager, runInContext, SUPPRESS_TRACING } from './context-manager.ts'
export { ROOT_NODE } from './context-node.ts'
export { contextWithFields, FieldScope, fieldScope } from './field-scope.ts'
