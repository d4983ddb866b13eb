import { expect, test } from 'vitest';
import { chooseProbeModel, type ProbeModel } from './probe-model.ts';

const model = (name: string, more: { price?: bigint; capabilities?: string[] } = {}): ProbeModel => ({
  model: name,
  capabilities: more.capabilities ?? ['text'],
  prices: more.price === undefined ? {} : { input: more.price, output: more.price },
});
const NOTHING = { needs: ['text'], proven: new Set<string>(), unfit: new Set<string>() };
const choose = (models: ProbeModel[], knowledge: Partial<typeof NOTHING> = {}) =>
  chooseProbeModel(models, { ...NOTHING, ...knowledge })?.model;

test('the cheapest model that writes text is taken', () => {
  expect(
    choose([model('dear', { price: 9n }), model('cheap', { price: 2n }), model('middle', { price: 5n })]),
  ).toBe('cheap');
});

test('an unknown price counts as dearer than a known one', () => {
  expect(choose([model('a-unknown'), model('known', { price: 900n })])).toBe('known');
});

test('models that write no text are not taken, those that reason only where there is no other', () => {
  const embedding = model('embedding', { price: 1n, capabilities: ['embeddings'] });
  const thinker = model('thinker', { price: 1n, capabilities: ['text', 'reasoning'] });
  expect(choose([embedding, thinker, model('plain', { price: 50n })])).toBe('plain');
  expect(choose([embedding, thinker])).toBe('thinker');
  expect(choose([embedding])).toBeUndefined();
});

test('what writes nothing is compared by its price for what it reads', () => {
  const embedding = (name: string, input: bigint): ProbeModel => ({
    ...{ model: name, capabilities: ['embeddings'], prices: { input } },
  });
  expect(choose([embedding('a-dear', 9n), embedding('cheap', 2n)], { needs: ['embeddings'] })).toBe('cheap');
});

test('a model that has answered lately goes before a cheaper one that has not', () => {
  const models = [model('listed-only', { price: 1n }), model('used', { price: 50n })];
  expect(choose(models, { proven: new Set(['used']) })).toBe('used');
});

test('a model that turned a probe down is not taken again', () => {
  const models = [model('a', { price: 1n }), model('b', { price: 2n })];
  expect(choose(models, { unfit: new Set(['a']) })).toBe('b');
  expect(choose(models, { unfit: new Set(['a', 'b']) })).toBeUndefined();
});

test('the same list in another order gives the same choice', () => {
  const models = [model('b'), model('a'), model('c')];
  expect(choose(models)).toBe('a');
  expect(choose(models.toReversed())).toBe('a');
});
