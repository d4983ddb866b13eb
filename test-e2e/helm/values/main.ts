import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HELM } from '../charts.ts';
import { valueFiles } from './value-files.ts';

// Writes the charts' values.yaml and values.schema.json anew after a change in helm/schema.
for (const [path, text] of valueFiles()) writeFileSync(join(HELM, path), text);
