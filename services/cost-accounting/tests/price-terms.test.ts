import { randomUUID } from 'node:crypto';
import { PriceTerm, PriceTermServiceClient } from '@switchyard/contracts/cost';
import { callUnary, openGrpcClient } from '@switchyard/service-kit';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LedgerDatabase } from './fixture/ledger-database.ts';
import { runForTest } from './fixture/run-service.ts';

const servers = useServers({ postgres: true, nats: true });
const stack = new AsyncDisposableStack();
let services: Awaited<ReturnType<typeof runForTest>>[];

beforeAll(async () => {
  const { url: natsUrl, prefix } = servers.nats;
  const database = stack.use(await LedgerDatabase.create(await servers.postgres.createDatabase()));
  const surroundings = { natsUrl, prefix, roleUrl: database.roleUrl };
  services = [stack.use(await runForTest(surroundings)), stack.use(await runForTest(surroundings))];
});
afterAll(() => stack.disposeAsync());

/** The terms' RPCs at one of two replicas, as one caller. */
function termsAs(apiKey: string, at = 0) {
  const target = { address: services[at]?.address ?? '', apiKey };
  const client = stack.adopt(openGrpcClient(PriceTermServiceClient, target), (one) => one.close());
  const of = { target, timeoutMs: 10_000 };
  return {
    create: (term: Parameters<typeof PriceTerm.fromPartial>[0]) =>
      callUnary({
        ...of,
        method: client.createPriceTerm.bind(client),
        request: { term: PriceTerm.fromPartial(term) },
      }),
    end: (id: string) => callUnary({ ...of, method: client.endPriceTerm.bind(client), request: { id } }),
    list: async () =>
      (await callUnary({ ...of, method: client.listPriceTerms.bind(client), request: {} })).terms,
  };
}

const idsOf = (terms: readonly PriceTerm[]) => terms.map(({ id }) => id);

test('C2: terms make a new version of the price book at every replica, and end with another; the prices stay', async () => {
  const admin = termsAs('installation');
  const book = (at: number) => (services[at] as (typeof services)[number]).as('replica').prices();
  await expect.poll(async () => (await book(0)).prices.length).toBeGreaterThan(0);
  const before = await book(1);
  const id = `contract-${randomUUID()}`;
  const tenant = `tenant-${randomUUID()}`;
  const prices = { input: 7n, cacheWrite1h: 9n };
  const stated = { id, tenant, provider: 'p', model: 'm', prices, description: 'as agreed' };
  const { term } = await admin.create(stated);
  expect(term).toMatchObject({ ...stated, timeZone: 'UTC', discountPpm: 0 });
  const after = await book(1);
  expect(after.version > before.version).toBe(true);
  expect(after.prices).toEqual(before.prices);
  expect(after.terms.find((one) => one.id === id)).toMatchObject({ tenant, prices });
  expect(
    (await (services[1] as (typeof services)[number]).as('replica').renew({ replica: 'r' })).priceVersion,
  ).toBe(after.version);
  await termsAs('installation', 1).end(id);
  const ended = await book(0);
  expect([ended.version > after.version, idsOf(ended.terms).includes(id)]).toEqual([true, false]);
  await expect(admin.end(id)).rejects.toMatchObject({ reason: 'PRICE_TERM_NOT_FOUND' });
  // What was charged by an id can be told for ever.
  await expect(admin.create(stated)).rejects.toMatchObject({ reason: 'PRICE_TERM_EXISTS' });
});

test('C2: of what is wrong nothing stays: the past, an overlap, a price below 0', async () => {
  const admin = termsAs('installation');
  const tenant = `tenant-${randomUUID()}`;
  const id = randomUUID();
  await admin.create({ id, tenant, discountPpm: 10 });
  const there = await admin.list();
  for (const [change, field] of [
    [{ effectiveFrom: new Date(Date.now() - 60_000) }, 'term.effective_from'],
    [{}, 'term.effective_from'],
    [{ provider: 'p', model: 'm', prices: { output: -1n } }, 'term.prices.output'],
    [{ timeZone: 'Mars/Base' }, 'term.time_zone'],
  ] as const)
    await expect(
      admin.create({ id: randomUUID(), tenant, discountPpm: 10, ...change }),
    ).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: expect.arrayContaining([expect.objectContaining({ field })]),
    });
  expect(await admin.list()).toEqual(there);
  // What is yet to begin never does.
  const later = {
    id: randomUUID(),
    tenant: `${tenant}-2`,
    discountPpm: 10,
    effectiveFrom: new Date(Date.now() + 60_000),
  };
  await admin.create(later);
  await admin.end(later.id);
  expect(await admin.list()).toEqual(there);
});

test("C2: a tenant sees its own terms and those for all, nobody else's, and makes none", async () => {
  const admin = termsAs('installation');
  const [own, foreign, shared] = [randomUUID(), randomUUID(), randomUUID()];
  await admin.create({ id: own, tenant: 'acme', discountPpm: 10 });
  await admin.create({ id: foreign, tenant: 'other', discountPpm: 10 });
  await admin.create({ id: shared, provider: 'p', discountPpm: 10 });
  const [first] = services;
  const shown = [
    await termsAs('acme').list(),
    (await (first as NonNullable<typeof first>).as('acme').prices()).terms,
  ];
  for (const terms of shown) {
    expect(idsOf(terms)).toEqual(expect.arrayContaining([own, shared]));
    expect(idsOf(terms)).not.toContain(foreign);
  }
  await expect(termsAs('acme').create({ id: randomUUID(), discountPpm: 10 })).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
  });
  await expect(termsAs('tenant-admin').create({ id: randomUUID(), discountPpm: 10 })).rejects.toMatchObject({
    reason: 'INSTALLATION_KEY_NEEDED',
  });
  await expect(termsAs('tenant-admin').end(own)).rejects.toMatchObject({ reason: 'INSTALLATION_KEY_NEEDED' });
});
