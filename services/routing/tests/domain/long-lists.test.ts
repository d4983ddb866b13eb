import { Requirements } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { listNames } from '../../src/domain/request/list-names.ts';
import { mergeRequirements } from '../../src/domain/request/merge-requirements.ts';
import { checkRequirements } from '../../src/domain/request/validate-requirements.ts';
import { noCandidate } from '../../src/errors.ts';
import { decide } from './decide-all.ts';
import { needs, offering, snapshotOf, working } from './offerings.ts';
import { recordOf } from './record-of.ts';

type PartialRequirements = Parameters<typeof Requirements.fromPartial>[0];

const many = (count: number, length = 0) =>
  Array.from({ length: count }, (_, i) => `p${i}`.padEnd(length, 'x'));
const violationsOf = (requirements: PartialRequirements) => {
  const found: { readonly field: string; readonly description: string }[] = [];
  checkRequirements(Requirements.fromPartial(requirements), (holds, field, description) => {
    if (!holds) found.push({ field, description });
  });
  return found;
};

test('a text lists ten names and counts the rest', () => {
  expect(listNames(['a', 'b'])).toBe('a, b');
  expect(listNames(new Set(many(10)))).toBe(many(10).join(', '));
  expect(listNames(new Set(many(12)))).toBe(`${many(10).join(', ')} and 2 more`);
});

test.each(['allowedProviders', 'excludedProviders', 'preferredProviders'] as const)(
  '%s may hold 1,000 ids of 64 characters each, and no longer ones, which are not repeated',
  (list) => {
    expect(violationsOf({ [list]: many(1_000, 64) })).toEqual([]);
    for (const tooLong of [many(1_001), many(1, 65)]) {
      const found = violationsOf({ excludedProviders: tooLong, allowedProviders: tooLong, [list]: tooLong });
      const field = `requirements.${list.replace(/P/, '_p')}`;
      expect(found.map((one) => one.field)).toContain(field);
      for (const { description } of found)
        expect(description).toBe('at most 1000, each at most 64 characters');
    }
  },
);

test('of a thousand capabilities or regions that do not exist, few are told of', () => {
  for (const list of ['capabilities', 'residency'] as const)
    expect(violationsOf({ [list]: many(1_000) })).toHaveLength(65);
});

test('what is told of candidates stays short, however long the lists of requirements are', () => {
  const requirements = Requirements.fromPartial({ allowedProviders: many(1_000, 64), tags: many(64, 128) });
  const input = {
    needs: needs({
      allowedProviders: new Set(requirements.allowedProviders),
      tags: requirements.tags,
      layers: [{ source: 'the request', requirements }],
    }),
    snapshot: snapshotOf(Array.from({ length: 120 }, (_, i) => offering({ provider: `other${i}` }))),
    stateOf: working,
  };
  const { candidates } = recordOf({ ...input, seed: 7n, look: 'all', measured: () => [] });
  const details = candidates.flatMap(({ exclusions }) => exclusions.map(({ detail }) => detail));
  expect(details).toHaveLength(200);
  for (const detail of details) expect(detail.length).toBeLessThan(1_500);
  expect(details[0]).toMatch(/^the request allows only p0x+, .* and 990 more$/);
  const told = Object.values(noCandidate('r', decide(input)).metadata);
  for (const reasons of told) expect(reasons.length).toBeLessThan(3_000);
});

test('lists with nothing in common are told of in short', () => {
  const layers = [many(1_000), ['q']].map((allowedProviders, i) => ({
    source: `layer ${i}`,
    requirements: Requirements.fromPartial({ allowedProviders }),
  }));
  const merged = mergeRequirements(layers);
  expect(!merged.ok && merged.conflicts[0]?.description).toMatch(
    /: layer 0 allows p0, .* and 990 more; layer 1 allows q$/,
  );
});
