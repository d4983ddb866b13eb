import { expect, it } from 'vitest';
import { askedOnce, refuseUnknownReceivers } from './refuse-unknown-receivers.ts';

it('asks once of each owner, and refuses who is not there by the place', async () => {
  const asked: string[] = [];
  const known = askedOnce({
    ids: async (tenant) => {
      asked.push(tenant);
      return new Set(['ops']);
    },
  });
  const name = (tenant: string, ids: readonly string[]) =>
    refuseUnknownReceivers(known, { tenant, ids, field: 'budgets[0].receivers' });
  await name('acme', ['ops']);
  await name('acme', ['ops']);
  await name('other', ['ops']);
  await expect(name('acme', ['ops', 'nobody'])).rejects.toMatchObject({
    violations: [{ field: 'budgets[0].receivers[1]' }],
  });
  expect(asked).toEqual(['acme', 'other']);
});
