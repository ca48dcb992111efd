export { SqliteLogStore } from './sqlite-log-store.ts'
