import type { ServiceError } from '@switchyard/kernel';
import { expect, test } from 'vitest';
import { parseLosslessJson } from '../lossless-json.ts';
import { parseQueryInput } from './query-input.ts';

test('parameters become texts, every digit kept', () => {
  const input = parseLosslessJson(
    '{"sql":"SELECT 1","parameters":["a",12345678901234567890,1.5,true,null,{"x":98765432109876543210},[1]]}',
  );
  if (!input.ok) throw new Error(input.error);
  expect(parseQueryInput(input.value as Record<string, unknown>).parameters).toEqual([
    'a',
    '12345678901234567890',
    '1.5',
    'true',
    null,
    '{"x":98765432109876543210}',
    '[1]',
  ]);
});

test.each([
  [{}, 'input_json.sql'],
  [{ sql: '' }, 'input_json.sql'],
  [{ sql: '  ' }, 'input_json.sql'],
  [{ sql: 7 }, 'input_json.sql'],
  [{ sql: 'SELECT 1\0' }, 'input_json.sql'],
  [{ sql: `SELECT '${'x'.repeat(300_000)}'` }, 'input_json.sql'],
  [{ sql: 'SELECT 1', parameters: {} }, 'input_json.parameters'],
  [{ sql: 'SELECT 1', parameters: new Array(1_001).fill(1) }, 'input_json.parameters'],
  [{ sql: 'SELECT $1', parameters: ['ok', 'a\0b'] }, 'input_json.parameters[1]'],
  [{ sql: 'SELECT 1', timeout: 7 }, 'input_json.timeout'],
])('%j is refused', (input, field) => {
  let refused: ServiceError | undefined;
  try {
    parseQueryInput(input as Record<string, unknown>);
  } catch (error) {
    refused = error as ServiceError;
  }
  expect(refused?.violations[0]?.field).toBe(field);
});
