// node stack/dashboards/write.ts: writes the dashboards to stack/grafana/dashboards and prints the names of the files that changed.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dashboardFolder, dashboardFiles, writtenFiles } from './files.ts'

mkdirSync(dashboardFolder, { recursive: true })
const made = dashboardFiles()
for (const [path, text] of made) {
  if (written(path) === text) continue
  writeFileSync(path, text)
  console.log(path)
}
for (const path of writtenFiles().filter((one) => !made.has(one))) {
  rmSync(path)
  console.log(`${path} (removed)`)
}

function written(path: string): string | undefined {
  return writtenFiles().includes(path) ? readFileSync(path, 'utf8') : undefined
}
