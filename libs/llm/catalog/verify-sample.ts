import type { Catalog } from '../src/catalog/catalog.ts';
import type { Offering } from '../src/catalog/offering.ts';
import type { SourceId } from '../src/catalog/offering-prices.ts';
import { isObject, type JsonObject } from '../src/formats/json.ts';
import { FILES, FOLDERS, type RawFiles } from './origins/raw-files.ts';
import type { SourceEntry } from './sources/source-entry.ts';

/** What the comparison with the sources found. */
export interface Verification {
  /** `provider/model` of what was compared. */
  readonly compared: readonly string[];
  /** Sentences on what differs; empty where all is equal. */
  readonly differences: readonly string[];
}

/** What is compared with what. */
export interface SampleInput {
  readonly catalog: Catalog;
  readonly entries: readonly SourceEntry[];
  readonly files: RawFiles;
  readonly count: number;
  readonly random: () => number;
}

/** Where a source writes the input and output price (with `|` between alternatives), and the power of ten to USD per million. */
const FIELDS: Readonly<
  Partial<Record<SourceId, readonly [input: string, output: string, exponent: number]>>
> = {
  'models.dev': ['cost.input', 'cost.output', 0],
  litellm: ['input_cost_per_token', 'output_cost_per_token', 6],
  portkey: [
    'pricing_config.pay_as_you_go.request_token|request_text_token.price',
    'pricing_config.pay_as_you_go.response_token|response_text_token.price',
    4,
  ],
  'pi-ai': ['cost.input', 'cost.output', 0],
};

/**
 * Compares random offerings of a finished snapshot with the sources' own text: the served input and output price must be
 * what the source that it names has written. Another way than the one that made it: the raw JSON is looked up again, and
 * decimals are compared as decimals.
 */
export function verifySample({ catalog, entries, files, count, random }: SampleInput): Verification {
  const candidates = [...Map.groupBy(entries.filter(isAuthorIn(catalog)), nameOf).values()];
  const sample = Array.from({ length: Math.min(count, candidates.length) }, () => {
    const [chosen] = candidates.splice(Math.floor(random() * candidates.length), 1);
    return chosen as [SourceEntry, ...SourceEntry[]];
  });
  return {
    compared: sample.map(([first]) => nameOf(first)),
    differences: sample.flatMap((rows) => {
      // A source may have a model twice, and differ with itself.
      const found = rows.map((row) => compare(row, { catalog, files }));
      return found.some((differences) => differences.length === 0) ? [] : (found[0] ?? []);
    }),
  };
}

const nameOf = ({ provider, model }: SourceEntry): string => `${provider}/${model}`;

/** Whether an entry's base price is the one that is served. A row for one region has none. */
const isAuthorIn =
  (catalog: Catalog) =>
  ({ source, provider, model, prices }: SourceEntry): boolean => {
    const offering = catalog.findOffering(provider, model);
    const isSource = offering?.priceSource.startsWith(`${source} `) === true;
    return isSource && offering.prices.input !== undefined && prices.base.input !== undefined;
  };

function compare(
  { source, at, provider, model }: SourceEntry,
  { catalog, files }: Pick<SampleInput, 'catalog' | 'files'>,
): string[] {
  const fields = FIELDS[source];
  const offering = catalog.findOffering(provider, model) as Offering;
  if (fields === undefined) return [];
  const row = rawRow(files, source, at);
  const [inputField, outputField, exponent] = fields;
  return [
    { kind: 'input' as const, field: inputField },
    { kind: 'output' as const, field: outputField },
  ].flatMap(({ kind, field }) => {
    const price = offering.prices[kind];
    const raw = lookUp(row, field);
    if (price === undefined || isSameAmount(price, raw, exponent)) return [];
    return [`${provider}/${model}: ${kind} is ${price}, and ${source} has ${String(raw)}`];
  });
}

function lookUp(row: JsonObject, field: string): unknown {
  return field.split('.').reduce<unknown>((value, step) => {
    if (!isObject(value)) return undefined;
    return step
      .split('|')
      .map((name) => value[name])
      .find((found) => found !== undefined);
  }, row);
}

/** Whether nano-USD per million are a decimal of a source: both as digits and a power of ten. */
function isSameAmount(price: bigint, raw: unknown, exponent: number): boolean {
  if (typeof raw !== 'number') return false;
  const [digits = '', power = '0'] = raw.toExponential(14).split('e');
  const scaled = BigInt(digits.replace('.', ''));
  const shift = Number(power) + exponent + 9 - 14;
  const exact = shift >= 0 ? scaled * 10n ** BigInt(shift) : scaled / 10n ** BigInt(-shift);
  return exact === price;
}

function rawRow(files: RawFiles, source: SourceId, at: readonly string[]): JsonObject {
  const [first = '', ...path] = at;
  const single = source === 'models.dev' ? FILES.modelsDev : FILES.litellm;
  const folder = source === 'portkey' ? FOLDERS.portkeyPricing : FOLDERS.piAi;
  const isFolder = source === 'portkey' || source === 'pi-ai';
  const text = files.get(isFolder ? `${folder}/${first}.json` : single) ?? '{}';
  const found = (isFolder ? path : at).reduce<unknown>(
    (value, key) => (isObject(value) ? value[key] : undefined),
    JSON.parse(text),
  );
  return isObject(found) ? found : {};
}
