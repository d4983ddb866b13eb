import { CompleteRequest, Policy, Requirements, Strategy } from '@switchyard/contracts/routing';
import { chatOf } from '@switchyard/llm';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { interpretRequest } from '../../src/domain/request/interpret-request.ts';
import { mergeRequirements } from '../../src/domain/request/merge-requirements.ts';
import { needsOf } from '../../src/domain/request/needs-of.ts';
import { checkRequirements } from '../../src/domain/request/validate-requirements.ts';
import { decide } from './decide-all.ts';
import { offering, snapshotOf, working } from './offerings.ts';

type PartialRequirements = Parameters<typeof Requirements.fromPartial>[0];

const merge = (...layers: PartialRequirements[]) =>
  mergeRequirements(
    layers.map((layer, i) => ({ source: `layer ${i}`, requirements: Requirements.fromPartial(layer) })),
  );
const merged = (...layers: PartialRequirements[]): Requirements => {
  const result = merge(...layers);
  if (!result.ok) throw new Error('they do not hold together');
  return result.requirements;
};

test('capabilities, tags and exclusions add up, limits are the smallest, unknown limits limit nothing', () => {
  expect(
    merged(
      { capabilities: ['text'], maxCostNanoUsd: 50n, excludedProviders: ['a'], tags: ['gdpr'] },
      { capabilities: ['tools', 'text'], maxCostNanoUsd: 20n, maxLatencyMs: 900, excludedProviders: ['b'] },
      { maxLatencyMs: 300, tags: ['hipaa', 'gdpr'], maxPricePerMillionNanoUsd: 7n },
    ),
  ).toMatchObject({
    capabilities: ['text', 'tools'],
    maxCostNanoUsd: 20n,
    maxPricePerMillionNanoUsd: 7n,
    maxLatencyMs: 300,
    excludedProviders: ['a', 'b'],
    tags: ['gdpr', 'hipaa'],
  });
});

test('allowed providers and regions are what every list has; an empty list, and global, allow all', () => {
  expect(
    merged(
      { allowedProviders: ['a', 'b'], residency: ['global'] },
      { residency: ['eu-west', 'us-east'] },
      { allowedProviders: ['b', 'c'], residency: ['eu-west', 'eu-central'] },
    ),
  ).toMatchObject({ allowedProviders: ['b'], residency: ['eu-west'] });
  expect(merged({ residency: ['global'] }, {}).residency).toEqual(['global']);
});

test('preferred providers: the request’s come first', () => {
  expect(
    merged({ preferredProviders: ['b'] }, { preferredProviders: ['a', 'b'] }).preferredProviders,
  ).toEqual(['b', 'a']);
});

test('lists with nothing in common are refused: the field, and who allows what', () => {
  const result = merge(
    { residency: ['eu-west'], allowedProviders: ['a'] },
    {},
    { residency: ['us-east', 'us-west'], allowedProviders: ['b'] },
  );
  expect(result).toEqual({
    ok: false,
    conflicts: [
      {
        field: 'requirements.residency',
        description:
          'no region is in each of the lists: layer 0 allows eu-west; layer 2 allows us-east, us-west',
      },
      {
        field: 'requirements.allowed_providers',
        description: 'no provider is in each of the lists: layer 0 allows a; layer 2 allows b',
      },
    ],
  });
});

const providers = ['p0', 'p1', 'p2', 'p3', 'p4'];
const regions = ['us-east', 'eu-west', 'apac', 'global'] as const;
const someOf = <T>(values: readonly T[]) => fc.subarray([...values]);
const requirements = fc
  .record({
    capabilities: someOf(['text', 'tools', 'vision']),
    maxCostNanoUsd: fc.option(fc.bigInt(0n, 4_000_000n), { nil: undefined }),
    maxPricePerMillionNanoUsd: fc.option(fc.bigInt(0n, 4_000_000_000n), { nil: undefined }),
    maxLatencyMs: fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined }),
    residency: someOf(regions),
    preferredProviders: someOf(providers),
    excludedProviders: someOf(providers),
    allowedProviders: someOf(providers),
    tags: someOf(['gdpr', 'hipaa']),
  })
  .map((partial) => Requirements.fromPartial(partial))
  .filter((one) => {
    let holds = true;
    checkRequirements(one, (held) => {
      holds &&= held;
    });
    return holds;
  });
const snapshots = fc
  .array(
    fc.record({
      provider: fc.constantFrom(...providers),
      model: fc.constantFrom('m', 'n'),
      region: fc.constantFrom(...regions),
      tags: someOf(['gdpr', 'hipaa']),
      capabilities: someOf(['text', 'tools', 'vision']),
      prices: fc.option(
        fc.record({ input: fc.bigInt(0n, 4_000_000_000n), output: fc.constant(1_000_000n) }),
        {
          nil: undefined,
        },
      ),
    }),
    { maxLength: 8 },
  )
  .map((traits) => snapshotOf(traits.map((one) => offering(one))));

test('adding a policy, of the installation or of the tenant, never adds a candidate', () => {
  fc.assert(
    fc.property(
      snapshots,
      requirements,
      fc.option(requirements, { nil: undefined }),
      requirements,
      fc.constantFrom('', 't'),
      (snapshot, own, others, added, tenant) => {
        const request = CompleteRequest.fromPartial({ model: 'auto', requirements: own });
        const elsewhere = Policy.fromPartial({ tenant: tenant === '' ? 't' : '', requirements: others });
        const before = new Map([[elsewhere.tenant, elsewhere]]);
        const after = new Map([...before, [tenant, Policy.fromPartial({ tenant, requirements: added })]]);
        const candidatesUnder = (policies: ReadonlyMap<string, Policy>): Set<string> | undefined => {
          const defaultStrategy = Strategy.PRIORITY;
          const scope = { tenant: 't', snapshot: { ...snapshot, policies }, defaultStrategy };
          const asked = interpretRequest(request, scope);
          if (asked.kind !== 'understood') return undefined;
          const needs = needsOf(chatOf(request), { tenant: 't', stream: false, asked });
          const { ranked } = decide({ needs, snapshot, stateOf: working });
          return new Set(ranked.map((one) => one.offering.key));
        };
        const without = candidatesUnder(before);
        const withIt = candidatesUnder(after);
        // What is refused altogether has no candidate; and what was refused stays so.
        if (without === undefined) expect(withIt).toBeUndefined();
        else for (const key of withIt ?? []) expect(without).toContain(key);
      },
    ),
    { numRuns: 2_000 },
  );
});
