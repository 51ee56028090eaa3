import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricsPage, openApi } from './contract';

/** What `npm run generate` writes: file names in the exporter's folder and their texts. */
export function generatedFiles(): Readonly<Record<string, string>> {
  return { 'openapi.json': `${JSON.stringify(openApi(), null, 2)}\n`, 'METRICS.md': metricsPage() };
}

if (require.main === module) {
  const folder = join(__dirname, '..');
  for (const [name, text] of Object.entries(generatedFiles())) writeFileSync(join(folder, name), text);
}
