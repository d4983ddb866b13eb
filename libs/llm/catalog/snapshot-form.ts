import type { Capability } from '../src/catalog/capabilities.ts';
import type { CatalogProvider } from '../src/catalog/catalog.ts';

/** Prices as they stand in a snapshot: whole nano-USD per million units, exact in JSON. */
export type SnapshotPrices = Record<string, number>;

/** An offering as it stands in a snapshot. Absent is unknown. */
export interface SnapshotOffering {
  readonly provider: string;
  readonly model: string;
  readonly name: string;
  readonly capabilities: readonly Capability[];
  readonly traits?: object | undefined;
  readonly contextTokens?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  readonly prices?: SnapshotPrices | undefined;
  readonly tiers?: readonly { aboveInputTokens: number; prices: SnapshotPrices }[] | undefined;
  readonly releasedOn?: string | undefined;
  readonly deprecated?: true | undefined;
}

/** A whole snapshot. */
export interface Snapshot {
  readonly form: number;
  /** Where the prices come from. */
  readonly source: string;
  readonly license: string;
  readonly providers: readonly CatalogProvider[];
  readonly offerings: readonly SnapshotOffering[];
}

/** A snapshot as text: one line per provider and offering, so that a refresh can be read as a diff. */
export function formatSnapshot({ form, source, license, providers, offerings }: Snapshot): string {
  const lines = (list: readonly object[]) => list.map((each) => `\n${JSON.stringify(each)}`).join(',');
  const head = JSON.stringify({ form, source, license }).slice(0, -1);
  return `${head},\n"providers":[${lines(providers)}\n],\n"offerings":[${lines(offerings)}\n]}\n`;
}
