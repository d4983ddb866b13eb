import { Strategy } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { decide } from '../../src/domain/decide/decide.ts';
import { prepareSelections } from '../../src/domain/decide/select-offerings.ts';
import type { ModelSelector } from '../../src/domain/request/needs.ts';
import { suggestModels } from '../../src/domain/request/suggest-models.ts';
import { capabilitySet } from '../../src/domain/snapshot/capability.ts';
import type { Offering } from '../../src/domain/snapshot/offering.ts';
import type { Snapshot } from '../../src/domain/snapshot/snapshot.ts';
import type { SnapshotPool } from '../../src/domain/snapshot/snapshot-pool.ts';
import { visibleOfferings } from '../../src/rpc/list-models.ts';
import { needs, offering, snapshotOf, working } from './offerings.ts';

const RULES = { stateOf: working, seed: 1n, look: 'enough', measured: () => [] } as const;

/** Calls back whenever an offering's provider is read: every look at an offering for its own sake reads it. */
const watched = (one: Offering, onLook: () => void): Offering =>
  Object.defineProperty({ ...one }, 'provider', {
    get: () => {
      onLook();
      return one.provider;
    },
  });

const poolOf = (offerings: readonly Offering[]): SnapshotPool => ({
  id: 'p',
  tenant: '',
  offerings,
  requirements: undefined,
  strategy: Strategy.UNSPECIFIED,
  compositeWeights: undefined,
  cache: undefined,
  hedge: undefined,
  taskTypes: [],
  baseline: undefined,
});

/** What tenant t sees: some of the installation's and some of its own, and the same of a hundred other tenants. */
function crowded(common: number, onLook: () => void): Snapshot {
  const some = (tenant: string, count: number) =>
    Array.from({ length: count }, (_, i) => offering({ provider: `${tenant || 'all'}-${i}`, tenant }));
  const others = Array.from({ length: 100 }, (_, i) => some(`u${i}`, 3)).flat();
  const seen = [...some('', common), ...some('t', 3)];
  return snapshotOf([...seen, ...others.map((one) => watched(one, onLook))]);
}

const SELECTORS = ['auto', 'model', 'qualified', 'pool'] as const;
const selectorOf = (kind: (typeof SELECTORS)[number], { offerings }: Snapshot): ModelSelector => {
  switch (kind) {
    case 'auto':
      return { kind };
    case 'model':
      return { kind, model: 'm' };
    case 'qualified':
      return { kind: 'model', model: 't-0/m' };
    case 'pool':
      return { kind, pool: poolOf(offerings) };
  }
};

test.each(SELECTORS.flatMap((kind) => [2, 100].map((common) => [kind, common] as const)))(
  'a request for %s beside %i of the installation looks at no offering of another tenant',
  (kind, common) => {
    let looks = 0;
    const snapshot = crowded(common, () => looks++);
    const selector = selectorOf(kind, snapshot);
    const pools = new Map(selector.kind === 'pool' ? [['/p', selector.pool]] : []);
    prepareSelections({ ...snapshot, pools: { byName: pools, byTaskType: new Map() } });
    looks = 0;
    const found = decide({ ...RULES, needs: needs({ selector }), snapshot });
    expect(looks).toBe(0);
    expect(found.ranked.length + found.unseen).toBe(kind === 'qualified' ? 1 : common + 3);
    // Nobody fits: what is told of is the tenant's, too.
    const impossible = needs({ selector, capabilities: capabilitySet(['audio_in']) });
    const none = decide({ ...RULES, needs: impossible, snapshot });
    expect(looks).toBe(0);
    expect(none.ranked).toEqual([]);
    expect(none.excluded.length + none.unseen).toBe(kind === 'qualified' ? 1 : common + 3);
  },
);

test('neither suggestions nor the list of models look at offerings of other tenants', () => {
  let looks = 0;
  const snapshot = crowded(2, () => looks++);
  prepareSelections(snapshot);
  looks = 0;
  expect(suggestModels('mm', { tenant: 't', snapshot })).toEqual(['m']);
  const principal = {
    keyId: 'k',
    tenant: 't',
    installation: false,
    role: 'viewer',
    permissions: new Set<string>(),
  };
  expect(visibleOfferings(snapshot, principal)).toHaveLength(5);
  expect(looks).toBe(0);
});

test('where none of thousands fits, a few of each provider are told of and no others are looked at', () => {
  let looks = 0;
  const all = Array.from({ length: 4_000 }, (_, i) =>
    watched(offering({ provider: `p${i % 4}`, model: `m${i}` }), () => looks++),
  );
  const snapshot = snapshotOf(all);
  prepareSelections(snapshot);
  looks = 0;
  const impossible = needs({ selector: { kind: 'auto' }, capabilities: capabilitySet(['audio_in']) });
  const { excluded, unseen, fitting } = decide({ ...RULES, needs: impossible, snapshot });
  expect(new Set(excluded.map(({ candidate }) => candidate.provider.key)).size).toBe(4);
  expect({ told: excluded.length, unseen, fitting }).toEqual({ told: 100, unseen: 3_900, fitting: 0 });
  expect(looks).toBeLessThan(2_000);
});
