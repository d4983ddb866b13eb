import { readFileSync } from 'node:fs';
import { PROVIDER_KINDS } from '../../src/catalog/catalog-provider.ts';
import type { SourceId } from '../../src/catalog/offering-prices.ts';
import { FIRST_PARTY_PROVIDERS } from '../first-party-providers.ts';
import { SIMULATED_PROVIDERS } from '../simulated-providers.ts';
import { Registry, type RegistryProvider, type Review } from './registry.ts';

const FILE = new URL('./providers.tsv', import.meta.url);
const REVIEWS: readonly Review[] = ['hand', 'corroborated', 'stated', 'unverified'];
const SOURCE_COLUMNS = [
  'models.dev',
  'litellm',
  'portkey',
  'genai-prices',
  'pi-ai',
] as const satisfies SourceId[];
const COLUMNS = [
  'id',
  'name',
  'format',
  'base_url',
  'auth',
  'key_variables',
  'kind',
  'review',
  ...SOURCE_COLUMNS,
] as const;

type Row = Readonly<Record<(typeof COLUMNS)[number], string>>;

/** Reads the registry: providers that were verified in code first, then the table. @throws TypeError that names the line */
export function readRegistry(text: string = readFileSync(FILE, 'utf8')): Registry {
  const [head = '', ...lines] = text.trimEnd().split('\n');
  if (head !== COLUMNS.join('\t')) throw new TypeError(`providers.tsv begins with ${JSON.stringify(head)}`);
  const rows = lines.map((line, i) => parseRow(line.split('\t'), i + 2));
  const verified = FIRST_PARTY_PROVIDERS.map((provider) => {
    const row = rows.find(({ id }) => id === provider.id);
    if (row === undefined) throw new TypeError(`providers.tsv lacks ${provider.id}`);
    return { ...providerOf(row), ...provider, pickedUp: true };
  });
  const others = rows.filter(({ id }) => verified.every((provider) => provider.id !== id)).map(providerOf);
  const simulated = SIMULATED_PROVIDERS.map(
    (provider): RegistryProvider => ({ ...provider, review: 'hand', sourceIds: {} }),
  );
  return new Registry([...verified, ...simulated, ...others]);
}

function parseRow(cells: readonly string[], line: number): Row {
  if (cells.length !== COLUMNS.length)
    throw new TypeError(`providers.tsv:${line} has ${cells.length} cells, not ${COLUMNS.length}`);
  const row = Object.fromEntries(COLUMNS.map((name, i) => [name, cells[i] ?? ''])) as Row;
  if (!/^[a-z0-9-]{1,64}$/.test(row.id)) throw new TypeError(`providers.tsv:${line} has no id`);
  return row;
}

function providerOf(row: Row): RegistryProvider {
  return {
    id: row.id,
    name: row.name,
    wireFormat: row.format,
    baseUrl: row.base_url || undefined,
    auth: row.auth.split(','),
    keyVariables: words(row.key_variables),
    dialect: undefined,
    kind: oneOf(PROVIDER_KINDS, row.kind, row.id),
    pickedUp: false,
    simulated: false,
    review: oneOf(REVIEWS, row.review, row.id),
    sourceIds: Object.fromEntries(SOURCE_COLUMNS.map((source) => [source, words(row[source])])),
  };
}

const words = (cell: string): string[] => cell.split(' ').filter((word) => word !== '');

function oneOf<Word extends string>(known: readonly Word[], cell: string, id: string): Word {
  const found = known.find((word) => word === cell);
  if (found === undefined)
    throw new TypeError(`${id} of providers.tsv: ${cell} is none of ${known.join(', ')}`);
  return found;
}
