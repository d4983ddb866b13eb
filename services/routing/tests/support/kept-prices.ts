import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetPriceBookResponse } from '@switchyard/contracts/cost';

type PriceBook = Parameters<typeof GetPriceBookResponse.fromPartial>[0];

/** A state directory of a routing that has run before and knows these prices: cost-accounting is away in its tests. */
export function stateDirWithPrices(prices: NonNullable<PriceBook['prices']>): string {
  const directory = mkdtempSync(join(tmpdir(), 'routing-priced-'));
  const priceBook = GetPriceBookResponse.toJSON(GetPriceBookResponse.fromPartial({ version: '1', prices }));
  const snapshot = { configurationVersion: '', providers: [], priceBook, healthVersion: '', health: [] };
  writeFileSync(join(directory, 'snapshot.json'), JSON.stringify(snapshot));
  return directory;
}
