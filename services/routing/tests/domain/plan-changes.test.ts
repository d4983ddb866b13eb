import { Provider } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import type { ConfiguredObjects } from '../../src/domain/configuration/configured-object.ts';
import { planChanges } from '../../src/domain/configuration/plan-changes.ts';

const withHeaders = (headers: Record<string, string>): ConfiguredObjects => ({
  providers: [Provider.fromPartial({ id: 'p', headers })],
  pools: [],
  policies: [],
  experiments: [],
});

test('headers in another order are no change, one with another value is', () => {
  const current = withHeaders({ 'x-a': '1', 'x-b': '2' });
  const planned = (headers: Record<string, string>) =>
    planChanges({ current, wanted: withHeaders(headers), others: 'keep' });
  expect(planned({ 'x-b': '2', 'x-a': '1' })).toEqual([]);
  expect(planned({ 'x-b': '3', 'x-a': '1' })).toMatchObject([
    {
      action: 'change',
      fields: [{ name: 'headers', before: '{"x-a":"1","x-b":"2"}', after: '{"x-a":"1","x-b":"3"}' }],
    },
  ]);
});
