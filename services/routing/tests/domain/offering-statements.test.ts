import { Provider } from '@switchyard/contracts/routing';
import { bundledCatalog } from '@switchyard/llm/bundled-catalog';
import { applyOverlay, parseOverlay } from '@switchyard/llm/catalog-overlay';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Needs } from '../../src/domain/request/needs.ts';
import { offersOf } from '../../src/domain/snapshot/provider-offers.ts';
import { REGIONS, type Region } from '../../src/domain/snapshot/region.ts';
import { decide } from './decide-all.ts';
import { needs, offering, snapshotOf, working } from './offerings.ts';

const OVERLAY = `
providers:
  - { id: openai, residency: [eu-west], compliance_tags: [gdpr] }
models:
  - { provider: openai, model: gpt-4o, residency: [us-east], compliance_tags: [hipaa] }
  - { provider: amazon-bedrock, model: eu.amazon.nova-lite-v1:0, residency: [eu-central, us-east] }
`;
const catalogs = {
  bundled: bundledCatalog(),
  overlaid: applyOverlay(bundledCatalog(), parseOverlay(OVERLAY, 'ours.yaml')),
};

interface Configured {
  readonly catalogId: string;
  readonly model: string;
  readonly region?: string;
  readonly tenant?: string;
  readonly tags?: string[];
}

function offered(catalog: keyof typeof catalogs, { model, ...configured }: Configured) {
  const provider = Provider.fromPartial({
    id: 'p',
    wireFormat: 'openai-chat',
    baseUrl: 'https://p.example',
    models: [{ model }],
    ...configured,
  });
  const offers = offersOf(provider, {
    catalog: catalogs[catalog],
    priceBook: { version: '', terms: [], prices: new Map() },
    defaultLimits: { connectMs: 1, firstTokenMs: 1, betweenTokensMs: 1, totalMs: 1 },
  });
  const [offer] = offers?.offerings ?? [];
  if (offer === undefined) throw new Error('nothing is offered');
  return offer;
}

const EU_NOVA = { catalogId: 'amazon-bedrock', model: 'eu.amazon.nova-lite-v1:0' };
const GPT = { catalogId: 'openai', model: 'gpt-4o-mini' };
const GPT_US = { catalogId: 'openai', model: 'gpt-4o' };

test.each<[string, keyof typeof catalogs, Configured, string[]]>([
  ['nobody states anything', 'bundled', GPT, []],
  ['only the configured region', 'bundled', { ...GPT, region: 'eu-west' }, ['eu-west']],
  ['a configured global says nothing', 'bundled', { ...GPT, region: 'global' }, []],
  ['only the catalog', 'bundled', EU_NOVA, ['eu-west', 'eu-central']],
  [
    'a configured global does not widen the catalog',
    'bundled',
    { ...EU_NOVA, region: 'global' },
    ['eu-west', 'eu-central'],
  ],
  [
    'a configured region does not narrow it',
    'bundled',
    { ...EU_NOVA, region: 'eu-central' },
    ['eu-west', 'eu-central'],
  ],
  [
    'what contradicts adds up',
    'bundled',
    { ...EU_NOVA, region: 'us-east' },
    ['us-east', 'eu-west', 'eu-central'],
  ],
  [
    'a global profile stays global',
    'bundled',
    {
      catalogId: 'amazon-bedrock',
      model: 'global.anthropic.claude-sonnet-4-20250514-v1:0',
      region: 'eu-west',
    },
    ['eu-west', 'global'],
  ],
  ['the overlay, of a provider', 'overlaid', GPT, ['eu-west']],
  ['the overlay, of a model before its provider', 'overlaid', GPT_US, ['us-east']],
  ['the overlay and the region', 'overlaid', { ...GPT, region: 'us-west' }, ['us-west', 'eu-west']],
  ['the overlay replaces the catalog', 'overlaid', EU_NOVA, ['us-east', 'eu-central']],
  ['the operator’s contract is no tenant’s', 'overlaid', { ...GPT, tenant: 't' }, []],
  ['a tenant’s own region counts', 'overlaid', { ...GPT, tenant: 't', region: 'us-west' }, ['us-west']],
  [
    'for a tenant the overlay only adds places',
    'overlaid',
    { ...EU_NOVA, tenant: 't' },
    ['us-east', 'eu-west', 'eu-central'],
  ],
])('residency: %s', (_, catalog, configured, expected) => {
  expect(offered(catalog, configured).residency).toEqual(expected);
});

test('a place outside the six regions is not made one of them by the provider’s region', () => {
  const [elsewhere] = catalogs.bundled
    .offeringsOf('amazon-bedrock')
    .filter(({ regions }) => regions.includes('us-gov'));
  const model = elsewhere?.model ?? '';
  expect(offered('bundled', { catalogId: 'amazon-bedrock', model, region: 'us-west' }).residency).toEqual([]);
});

test.each<[string, Configured, string[]]>([
  ['the provider’s and those of the overlay', { ...GPT, tags: ['ours'] }, ['gdpr', 'ours']],
  ['those of the model and of its catalog provider', GPT_US, ['gdpr', 'hipaa']],
  ['of a tenant’s provider its own alone', { ...GPT_US, tenant: 't', tags: ['mine'] }, ['mine']],
])('tags: %s', (_, configured, expected) => {
  expect([...offered('overlaid', configured).tags].sort()).toEqual(expected);
});

test.each<[string[], string[], boolean]>([
  [[], [], true],
  [[], ['eu-west'], false],
  [[], ['global'], true],
  [['eu-west'], ['eu-west'], true],
  [['eu-west', 'eu-central'], ['eu-west'], false],
  [['eu-west', 'eu-central'], ['eu-west', 'eu-central', 'apac'], true],
  [['global'], ['us-east', 'us-west', 'eu-west', 'eu-central', 'apac'], false],
  [['eu-west', 'global'], ['eu-west'], false],
])('processed in %j, allowed in %j: %s', (places, allowed, fits) => {
  const snapshot = snapshotOf([offering({ provider: 'a', residency: places as never })]);
  const { ranked, excluded } = decide({
    needs: needs({ residency: new Set(allowed) }),
    snapshot,
    stateOf: working,
  });
  expect(ranked).toHaveLength(fits ? 1 : 0);
  expect(excluded.flatMap(({ exclusions }) => exclusions.map(({ constraint }) => constraint))).toEqual(
    fits ? [] : ['residency'],
  );
});

interface Stated {
  readonly residency: readonly Region[];
  readonly tags: readonly string[];
}

const rankedKeys = (stated: readonly Stated[], asked: Partial<Needs>): string[] =>
  decide({
    needs: needs(asked),
    snapshot: snapshotOf(stated.map((one, i) => offering({ provider: `p${i}`, ...one }))),
    stateOf: working,
  }).ranked.map(({ key }) => key);

test('a residency constraint or a further tag never adds a candidate; nor does a further place', () => {
  const places = fc.subarray([...REGIONS]);
  const tags = fc.subarray(['gdpr', 'hipaa', 'soc2']);
  const stated = fc.array(fc.record({ residency: places, tags, more: places }), {
    minLength: 1,
    maxLength: 6,
  });
  const asked = fc.record({ wide: places, narrow: places, tags, moreTags: tags });
  fc.assert(
    fc.property(stated, asked, (drawn, { wide, narrow, tags: required, moreTags }) => {
      const residency = new Set<string>(wide);
      const loose = rankedKeys(drawn, { residency, tags: required });
      const isAnywhere = wide.length === 0 || wide.includes('global');
      const within = new Set<string>(narrow.filter((place) => isAnywhere || wide.includes(place)));
      const wider = drawn.map(({ residency: known, more, ...rest }) => ({
        ...rest,
        residency: known.length === 0 ? [] : [...known, ...more],
      }));
      const stricter = [
        rankedKeys(drawn, { residency, tags: [...required, ...moreTags] }),
        rankedKeys(wider, { residency, tags: required }),
        within.size === 0 ? [] : rankedKeys(drawn, { residency: within, tags: required }),
      ];
      for (const keys of stricter) expect(loose).toEqual(expect.arrayContaining(keys));
    }),
  );
});
