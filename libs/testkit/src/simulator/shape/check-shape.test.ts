import { describe, expect, test } from 'vitest';
import { checkShape } from './check-shape.ts';
import * as shape from './shape.ts';

const person = shape.record({
  name: shape.required(shape.text({ maxLength: 5, pattern: /^[a-z]*$/ })),
  age: shape.integer({ min: 0, max: 150 }),
  weight: shape.nullable(shape.decimal()),
  pets: shape.list(
    shape.tagged('kind', { cat: shape.record({ lives: shape.integer() }), dog: shape.record({}) }),
    { max: 2 },
  ),
  motto: shape.either(shape.text(), shape.list(shape.text())),
  labels: shape.dictionary(shape.text()),
  role: shape.choice('boss', 'other'),
  soul: shape.notSimulated,
  active: shape.flag,
});

function problemOf(value: unknown) {
  const checked = checkShape({ shape: person, value });
  return checked.ok ? undefined : checked.problem;
}

describe('a shape', () => {
  test.each([
    [{ name: 'ann' }],
    [{ name: 'ann', weight: null, pets: [{ kind: 'cat', lives: 9 }], motto: ['a'], soul: null }],
  ])('accepts %j', (value) => {
    expect(problemOf(value)).toBeUndefined();
  });

  test.each([
    [[], { kind: 'type', path: [], expected: ['object'], got: 'array' }],
    [{}, { kind: 'missing', path: ['name'] }],
    [{ name: 1 }, { kind: 'type', path: ['name'], expected: ['string'], got: 'integer' }],
    [{ name: 'toolong' }, { kind: 'length', path: ['name'], max: 5, got: 7 }],
    [{ name: 'Ann' }, { kind: 'pattern', path: ['name'] }],
    [
      { name: 'a', age: 1.5 },
      { kind: 'type', path: ['age'], expected: ['integer'], got: 'number' },
    ],
    [
      { name: 'a', age: -1 },
      { kind: 'range', path: ['age'], min: 0, got: -1 },
    ],
    [
      { name: 'a', age: 200 },
      { kind: 'range', path: ['age'], max: 150, got: 200 },
    ],
    [
      { name: 'a', weight: 'x' },
      { kind: 'type', path: ['weight'], expected: ['number'] },
    ],
    [
      { name: 'a', pets: [{}] },
      { kind: 'missing', path: ['pets', 0, 'kind'] },
    ],
    [
      { name: 'a', pets: [{ kind: 'cow' }] },
      { kind: 'choice', path: ['pets', 0, 'kind'], got: 'cow' },
    ],
    [
      { name: 'a', pets: [{ kind: 'dog', lives: 1 }] },
      { kind: 'unknown', path: ['pets', 0, 'lives'] },
    ],
    [
      { name: 'a', pets: [1, 2, 3] },
      { kind: 'length', path: ['pets'], max: 2, got: 3 },
    ],
    [
      { name: 'a', motto: [1] },
      { kind: 'type', path: ['motto', 0] },
    ],
    [
      { name: 'a', motto: {} },
      { kind: 'type', path: ['motto'], expected: ['string', 'array'] },
    ],
    [
      { name: 'a', labels: { x: 1 } },
      { kind: 'type', path: ['labels', 'x'] },
    ],
    [
      { name: 'a', role: 'king' },
      { kind: 'choice', path: ['role'], allowed: ['boss', 'other'] },
    ],
    [
      { name: 'a', soul: 1 },
      { kind: 'not-simulated', path: ['soul'] },
    ],
    [
      { name: 'a', active: 'yes' },
      { kind: 'type', path: ['active'], expected: ['boolean'] },
    ],
    [
      { name: 'a', shoe: 1 },
      { kind: 'unknown', path: ['shoe'] },
    ],
    [JSON.parse('{"name":"a","__proto__":1}'), { kind: 'unknown', path: ['__proto__'] }],
  ])('refuses %j', (value, problem) => {
    expect(problemOf(value)).toMatchObject(problem);
  });

  test('overlooks unknown fields when told to, at every depth', () => {
    const value = { name: 'a', shoe: 1, pets: [{ kind: 'dog', lives: 1 }] };
    expect(checkShape({ shape: person, value, unknownFields: 'ignore' }).ok).toBe(true);
  });
});
