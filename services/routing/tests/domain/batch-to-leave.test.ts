import { expect, test } from 'vitest';
import {
  batchToLeave,
  type WaitingBatches,
  type WorkedBatch,
} from '../../src/domain/batch/batch-to-leave.ts';

type Named = WorkedBatch & { readonly name: string };

const worked = (name: string, heldMs: number, standsStillMs = 0): Named => ({
  name,
  tenant: name.split('-')[0] as string,
  heldMs,
  standsStillMs,
});

test.each<[string, WaitingBatches, readonly Named[], string | undefined]>([
  ['nothing waits', 'none', [worked('acme-1', 99_000, 99_000)], undefined],
  [
    'what stands still makes room for any',
    'of a served tenant',
    [worked('acme-1', 20_000, 10_000)],
    'acme-1',
  ],
  [
    'what has stood still for longest',
    'of a served tenant',
    [worked('a-1', 90_000, 11_000), worked('b-1', 40_000, 12_000)],
    'b-1',
  ],
  ['what waits for a moment only stays', 'of a served tenant', [worked('acme-1', 99_000, 9_999)], undefined],
  [
    'what gets on stays for those that are served',
    'of a served tenant',
    [worked('acme-1', 99_000)],
    undefined,
  ],
  [
    'what gets on makes room for a tenant without any',
    'of an unserved tenant',
    [worked('acme-1', 30_000)],
    'acme-1',
  ],
  ['but not at once', 'of an unserved tenant', [worked('acme-1', 29_999)], undefined],
  [
    'the tenant with the most gives first',
    'of an unserved tenant',
    [worked('b-1', 99_000), worked('a-1', 40_000), worked('a-2', 50_000)],
    'a-2',
  ],
  [
    'what stands still goes before what gets on',
    'of an unserved tenant',
    [worked('a-1', 99_000), worked('a-2', 98_000), worked('b-1', 12_000, 10_000)],
    'b-1',
  ],
])('%s', (_, waiting, batches, expected) => {
  expect(batchToLeave(batches, waiting)?.name).toBe(expected);
});
