import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alikeNames, MAX_COMPARED } from '../../src/domain/request/alike-names.ts';
import { editsBetween } from '../../src/domain/request/edits-between.ts';
import { nearNames } from '../../src/domain/request/near-names.ts';
import { suggestModels } from '../../src/domain/request/suggest-models.ts';
import { offering, snapshotOf } from './offerings.ts';

const many = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** By definition, without any bound. */
function levenshtein(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const [restA, restB] = [a.slice(1), b.slice(1)];
  if (a[0] === b[0]) return levenshtein(restA, restB);
  return 1 + Math.min(levenshtein(restA, b), levenshtein(a, restB), levenshtein(restA, restB));
}

test('the distance of two texts is that of Levenshtein, as far as it is within the limit', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 });
  fc.assert(
    fc.property(text, text, fc.nat(6), (wanted, other, maxEdits) => {
      const edits = levenshtein(wanted, other);
      expect(editsBetween({ wanted, other, maxEdits })).toBe(edits <= maxEdits ? edits : undefined);
    }),
    { numRuns: 2_000 },
  );
});

test('of 9,000 names that look alike a bounded number is compared, each once', () => {
  const names = many(9_000, (i) => `model-${i}-x`);
  const compared = alikeNames({ names: [...names, ...names] }, { wanted: 'model-1-x', maxEdits: 6 });
  expect(compared.length).toBe(MAX_COMPARED);
  expect(new Set(compared).size).toBe(MAX_COMPARED);
  expect(MAX_COMPARED).toBeLessThanOrEqual(500);
});

test('names of another length, or that neither begin nor end alike, are not compared, nor asked about', () => {
  const asked: string[] = [];
  const mayTell = (name: string) => {
    asked.push(name);
    return name !== 'gpt-5';
  };
  const names = ['gpt-4o-mini-2024-07-18', 'claude', 'GPT-4', 'gpt-5', 'opt-4'];
  expect(alikeNames({ names, mayTell }, { wanted: 'gpt-4', maxEdits: 2 })).toEqual(['GPT-4', 'opt-4']);
  expect(asked).toEqual(['GPT-4', 'gpt-5', 'opt-4']);
});

test('the likeliest are compared, wherever they stand, and names that may not be told take no place', () => {
  const hidden = many(2_000, (i) => `simu${1_000 + i}n`);
  const unlikely = many(2_000, (i) => `simul${1_000 + i}`);
  const names = [...hidden, ...unlikely, 'simulation'];
  const mayTell = (name: string) => !hidden.includes(name);
  expect(nearNames('simulaton', { names, mayTell })).toEqual(['simulation']);
});

test('a model is found among thousands by its name, and by its provider and name', () => {
  const offerings = many(3_000, (i) => offering({ provider: `p${i % 50}`, model: `model-${i}` }));
  const meant = offering({ provider: 'openai', model: 'gpt-4o-mini' });
  const hidden = offering({ provider: 'openai', tenant: 'other', model: 'gpt-4o-mink' });
  const snapshot = snapshotOf([...offerings, meant, hidden]);
  const near = (name: string) => suggestModels(name, { tenant: 't', snapshot });
  expect(near('gpt-4o-mnii')).toEqual(['gpt-4o-mini']);
  expect(near('opnai/gpt-4o-mnii')).toEqual(['openai/gpt-4o-mini']);
  expect(near('openai/gpt-4o-mnii')).toEqual(['openai/gpt-4o-mini']);
});
