import { expect, test } from 'vitest';
import { Output } from './output.ts';

test('JSON holds amounts as texts, times in ISO form, and nothing of how messages are kept', () => {
  let text = '';
  const output = new Output({ write: (more) => (text += more) }, { json: true });
  output.jsonLine({ costNanoUsd: 9_007_199_254_740_993n, at: new Date(0), _unknownFields: { 1: [] } });
  expect(text).toBe('{"costNanoUsd":"9007199254740993","at":"1970-01-01T00:00:00.000Z"}\n');
});
