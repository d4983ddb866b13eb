import { HealthState } from '@switchyard/contracts/health';
import { CompleteRequest, ProviderMode } from '@switchyard/contracts/routing';
import { chatOf } from '@switchyard/llm';
import { expect, test } from 'vitest';
import type { ConstraintName, OfferingState } from '../../src/domain/decide/candidate.ts';
import type { Needs } from '../../src/domain/request/needs.ts';
import { capabilitySet } from '../../src/domain/snapshot/capability.ts';
import { noCandidate } from '../../src/errors.ts';
import { decide } from './decide-all.ts';
import { needs, type OfferingTraits, offering, snapshotOf, working } from './offerings.ts';

/** One way to be excluded, and what of the way out has to be told. */
interface Way {
  readonly name: string;
  readonly needs?: Partial<Needs>;
  readonly traits?: Partial<OfferingTraits>;
  readonly state?: Partial<OfferingState>;
  readonly health?: HealthState;
  readonly wayOut: RegExp;
}

/** Every reason there is: a new one does not compile without its row. */
const WAYS: Readonly<Record<ConstraintName, readonly Way[]>> = {
  capability: [
    {
      name: 'a model states no tools',
      needs: { capabilities: capabilitySet(['text', 'vision']) },
      wayOut: /`capabilities` of the provider's `models`.*catalog overlay.*another model/,
    },
  ],
  max_cost: [
    { name: 'too dear', needs: { maxCostNanoUsd: 1n }, wayOut: /max_output_tokens.*max_cost_nano_usd/ },
    {
      name: 'of unknown price',
      needs: { maxCostNanoUsd: 1n },
      traits: { prices: undefined },
      wayOut: /catalog overlay/,
    },
    {
      name: 'a field without bound',
      needs: {
        maxCostNanoUsd: 10n ** 12n,
        unboundedFields: ['n'],
        operation: chatOf(CompleteRequest.fromPartial({ model: 'm', passthroughFormat: 'openai-chat' })),
      },
      wayOut: /leave the field out/,
    },
  ],
  max_price: [
    { name: 'too dear', needs: { maxPricePerMillionNanoUsd: 1n }, wayOut: /max_price_per_million_nano_usd/ },
    {
      name: 'of unknown price',
      needs: { maxPricePerMillionNanoUsd: 1n },
      traits: { prices: undefined },
      wayOut: /catalog overlay/,
    },
  ],
  max_latency: [
    { name: 'too slow', needs: { maxLatencyMs: 5 }, wayOut: /raise max_latency_ms/ },
    {
      name: 'of unknown latency',
      needs: { maxLatencyMs: 5 },
      state: { latencyMs: undefined },
      wayOut: /without max_latency_ms/,
    },
  ],
  residency: [
    {
      name: 'elsewhere',
      needs: { residency: new Set(['eu-west']) },
      traits: { region: 'us-east', residency: ['us-east'] },
      wayOut: /residency/,
    },
    {
      name: 'nobody says where',
      needs: { residency: new Set(['eu-west']) },
      traits: { residency: [] },
      wayOut: /`region` of the provider.*catalog overlay/,
    },
  ],
  tags: [{ name: 'no such tag', needs: { tags: ['hipaa'] }, wayOut: /provider's `tags`/ }],
  allowed_providers: [
    { name: 'not allowed', needs: { allowedProviders: new Set(['b']) }, wayOut: /allowed_providers/ },
  ],
  excluded_providers: [
    { name: 'excluded', needs: { excludedProviders: new Set(['a']) }, wayOut: /excluded_providers/ },
  ],
  context_length: [
    {
      name: 'too long',
      traits: { contextTokens: 10 },
      wayOut: /send less.*max_output_tokens.*longer context/,
    },
  ],
  health: [
    { name: 'unhealthy', health: HealthState.UNAVAILABLE, wayOut: /comes back.*switchyard providers/ },
  ],
  breaker: [
    {
      name: 'open',
      state: { breaker: 'open', breakerAdmits: false },
      wayOut: /tried again by itself.*switchyard providers/,
    },
  ],
  cooling_down: [
    {
      name: 'limited',
      state: { cooling: { endsAtWallMs: 0, leftMs: 1 } },
      wayOut: /comes back by itself.*another provider.*quota/,
    },
  ],
  rate_limited: [
    {
      name: 'as slow as it is',
      state: { limited: { source: 'adaptive', limit: 4, leftMs: 50 } },
      wayOut: /room again by itself.*another provider.*adaptive_concurrency/,
    },
    {
      name: 'by its own answers',
      state: { limited: { source: 'provider', counts: 'tokens', leftMs: 900 } },
      wayOut: /room again by itself.*another provider.*quota/,
    },
    {
      name: 'at its limit',
      state: {
        limited: { source: 'configured', quota: { measure: 'requests_per_minute', limit: 60 }, leftMs: 900 },
      },
      wayOut: /room again by itself.*another provider.*`limits` of the provider.*switchyard limits/,
    },
  ],
  maintenance: [
    { name: 'in maintenance', traits: { mode: ProviderMode.MAINTENANCE }, wayOut: /`mode: enabled`/ },
  ],
  disabled: [{ name: 'disabled', traits: { mode: ProviderMode.DISABLED }, wayOut: /`mode: enabled`/ }],
  credential: [
    { name: 'without key', state: { credential: 'missing' }, wayOut: /store the secret.*apply --secrets/ },
  ],
  parameter: [
    {
      name: 'a parameter that the format has no word for',
      needs: {
        operation: chatOf(CompleteRequest.fromPartial({ model: 'm', sampling: { topK: 3 } })),
      },
      wayOut: /leave the field out/,
    },
  ],
};

const rows = Object.entries(WAYS).flatMap(([constraint, ways]) =>
  ways.map((way) => ({ constraint, ...way })),
);

test.each(rows)(
  '$constraint, $name: the exclusion and the error tell the way out',
  ({ constraint, ...way }) => {
    const one = offering({ provider: 'a', ...way.traits });
    // Others that work keep health from being doubted; what is asked for excludes them too, or they are not looked at here.
    const others = ['x', 'y'].map((provider) =>
      offering({ ...way.traits, provider, mode: ProviderMode.ENABLED }),
    );
    const snapshot = snapshotOf([one, ...others], way.health === undefined ? {} : { a: way.health });
    const choice = decide({
      needs: needs(way.needs),
      snapshot,
      stateOf: ({ provider }) => ({ ...working(), ...(provider.id === 'a' ? way.state : {}) }),
    });
    const ofA = choice.excluded.filter(({ offering: { provider } }) => provider.id === 'a');
    const exclusion = ofA[0]?.exclusions.find((each) => each.constraint === constraint);
    expect(exclusion?.detail).toMatch(/\S/);
    expect(exclusion?.wayOut).toMatch(way.wayOut);
    // The end of a sentence: no full stop, no capital.
    expect(exclusion?.wayOut).toMatch(/^[^A-Z].*[^.]$/);
    const { publicMessage } = noCandidate('r', { ...choice, excluded: ofA });
    expect(publicMessage).toContain(`a/m: ${constraint}: ${exclusion?.detail}`);
    expect(publicMessage).toContain(`. To change that, for ${constraint}, ${exclusion?.wayOut}`);
  },
);
