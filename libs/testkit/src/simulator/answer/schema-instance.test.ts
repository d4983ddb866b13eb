import { describe, expect, test } from 'vitest';
import { schemaInstance, schemaObject } from './schema-instance.ts';

describe('an instance of a schema', () => {
  test.each([
    [{ type: 'string' }, 'simulated'],
    [{ type: 'STRING' }, 'simulated'],
    [{ type: 'string', enum: ['b', 'a'] }, 'b'],
    [{ const: 4 }, 4],
    [{ type: 'string', default: 'd' }, 'd'],
    [{ type: 'string', maxLength: 3 }, 'sim'],
    [{ type: 'string', minLength: 11 }, 'simulated..'],
    [{ type: 'integer', minimum: 2.5 }, 3],
    [{ type: 'number', exclusiveMinimum: 0.5 }, 1.5],
    [{ type: 'number', maximum: -2 }, -2],
    [{ type: ['null', 'boolean'] }, true],
    [{ type: 'array', items: { type: 'integer' }, minItems: 2 }, [1, 1]],
    [{ anyOf: [{ type: 'boolean' }, { type: 'string' }] }, true],
    [{ properties: { a: { type: 'object', properties: { b: { type: 'null' } } } } }, { a: { b: null } }],
    [{ $ref: '#/$defs/x', $defs: { x: { type: 'boolean' } } }, true],
    [undefined, null],
    [true, null],
  ])('%j has %j', (schema, instance) => {
    expect(schemaInstance(schema)).toEqual(instance);
  });

  test('ends although the schema refers to itself', () => {
    const tree = { type: 'object', properties: { child: { $ref: '#' } } };
    expect(JSON.stringify(schemaInstance(tree)).length).toBeLessThan(200);
  });

  test('is an object wherever arguments are needed', () => {
    expect(schemaObject({ type: 'string' })).toEqual({});
    expect(schemaObject(undefined)).toEqual({});
  });
});
