import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadCatalog, SNAPSHOT_FORM } from '../src/catalog/load-catalog.ts';
import { isObject, parseJson } from '../src/formats/json.ts';
import { convertModelsDev } from './convert-models-dev.ts';
import { FIRST_PARTY_PROVIDERS } from './first-party-providers.ts';
import { SIMULATED_OFFERINGS, SIMULATED_PROVIDERS } from './simulated-providers.ts';
import { formatSnapshot, type Snapshot } from './snapshot-form.ts';

const TARGET = new URL('../src/catalog/catalog.snapshot.json', import.meta.url);
/** A refresh that keeps less than this share of the offerings is a broken source, not news. */
const LEAST_KEPT = 0.7;
const USAGE = 'node libs/llm/catalog/generate.ts --from <models.dev api.json> --retrieved <YYYY-MM-DD>';

function main(): void {
  const { values } = parseArgs({ options: { from: { type: 'string' }, retrieved: { type: 'string' } } });
  if (values.from === undefined || !/^\d{4}-\d\d-\d\d$/.test(values.retrieved ?? '')) throw new Error(USAGE);
  const snapshot = build(readFileSync(values.from, 'utf8'), `models.dev ${values.retrieved}`);
  const text = formatSnapshot(snapshot);
  const loaded = loadCatalog(JSON.parse(text));
  if (!loaded.ok) throw new Error(`the snapshot would be refused: ${loaded.error}`);
  refuseToShrink(snapshot.offerings.length);
  writeFileSync(TARGET, text);
  const { providers, offerings } = snapshot;
  process.stdout.write(
    `${providers.length} providers, ${offerings.length} offerings, ${text.length} bytes\n`,
  );
}

function build(text: string, source: string): Snapshot {
  const data = parseJson(text);
  if (!isObject(data)) throw new Error('the source is not a JSON object');
  const real = FIRST_PARTY_PROVIDERS.map(({ sourceId: _, ...provider }) => provider);
  return {
    form: SNAPSHOT_FORM,
    source,
    license: 'Facts from models.dev, MIT: licenses/models.dev-MIT.txt',
    providers: [...real, ...SIMULATED_PROVIDERS],
    offerings: [
      ...FIRST_PARTY_PROVIDERS.flatMap((provider) => convertModelsDev(data, provider)),
      ...SIMULATED_OFFERINGS,
    ],
  };
}

function refuseToShrink(offerings: number): void {
  const before = existing();
  if (offerings >= before * LEAST_KEPT) return;
  throw new Error(`only ${offerings} of ${before} offerings would be left; the snapshot stays as it is`);
}

/** Offerings in the present snapshot; 0 without one. */
function existing(): number {
  try {
    const present = parseJson(readFileSync(TARGET, 'utf8'));
    return isObject(present) && Array.isArray(present.offerings) ? present.offerings.length : 0;
  } catch {
    return 0;
  }
}

main();
