import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useServers } from '@switchyard/testkit/test-servers';
import { expect, it, vi } from 'vitest';
import { LedgerDatabase } from './fixture/ledger-database.ts';
import { PriceOrigin } from './fixture/price-origin.ts';
import { runForTest } from './fixture/run-service.ts';
import { UsagePublisher } from './fixture/usage-publisher.ts';

const servers = useServers({ postgres: true, nats: true });
const WAIT = { timeout: 150_000, interval: 250 };
const TEST_MS = 300_000;
const MODEL = { provider: 'deepseek', model: 'deepseek-v4-pro' };
const DEEPSEEK = '/pi-ai/deepseek.json';

/** A database of its own, and an origin; services that refresh from it unless told otherwise. */
async function surround() {
  const stack = new AsyncDisposableStack();
  const { url: natsUrl, prefix } = servers.nats;
  const database = stack.use(await LedgerDatabase.create(await servers.postgres.createDatabase()));
  const origin = stack.use(await PriceOrigin.start());
  const base = { COST_ACCOUNTING_PRICE_ORIGINS: `${origin.url}/`, COST_ACCOUNTING_PRICE_REFRESH_HOURS: '1' };
  const run = async (env: Record<string, string> = {}, leastKeptPercent = 0) =>
    stack.use(
      await runForTest(
        { natsUrl, prefix, roleUrl: database.roleUrl, env: { ...base, ...env } },
        { catalog: undefined, leastKeptPercent },
      ),
    );
  return { database, origin, run, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

type Service = Awaited<ReturnType<typeof runForTest>>;

async function inForce(service: Service) {
  const { version, prices } = await service.as('replica').prices();
  const price = prices.find(({ provider, model }) => provider === MODEL.provider && model === MODEL.model);
  return { version, input: price?.input, source: price?.source, count: prices.length };
}

const refreshState = async (service: Service) => (await service.readiness()).parts.price_refresh;

it(
  'refreshes prices at one of two replicas, tells everyone at once, and keeps them over a restart',
  async () => {
    await using place = await surround();
    const publisher = await UsagePublisher.connect(servers.nats.url, servers.nats.prefix);
    await using _ = publisher;
    place.origin.change(DEEPSEEK, '"input": 1.32', '"input": 1.5');
    const [one, other] = await Promise.all([place.run(), place.run()]);
    await vi.waitFor(async () => expect((await inForce(one)).input).toBe(1_500_000_000n), WAIT);
    const refreshed = await inForce(one);
    expect(refreshed.version).toBe('0000000002');
    expect(refreshed.source).toMatch(/^pi-ai /);
    // What the excerpt does not have keeps the price that it had.
    expect(refreshed.count).toBeGreaterThan(9_000);
    expect(await inForce(other)).toEqual(refreshed);
    expect(place.origin.asked.filter((url) => url === '/models.dev_api.json')).toHaveLength(1);
    const kv = await publisher.connection.jetstream().views.kv(publisher.names.stateBucket);
    await vi.waitFor(async () => {
      const told = (await kv.get(publisher.names.stateKeys.prices))?.string();
      expect(JSON.parse(told ?? '{}')).toMatchObject({ version: '0000000002' });
    }, WAIT);

    const folder = mkdtempSync(join(tmpdir(), 'refresh-overlay-'));
    const overlay = join(folder, 'ours.yaml');
    writeFileSync(
      overlay,
      'models: [{ provider: deepseek, model: deepseek-v4-pro, prices: { unit: usd_per_million, input: 0.9 } }]',
    );
    const off = { COST_ACCOUNTING_PRICE_REFRESH_HOURS: '0' };
    const restarted = await place.run(off);
    expect(await inForce(restarted)).toEqual(refreshed);
    const overlaid = await place.run({ ...off, COST_ACCOUNTING_CATALOG_OVERLAY: overlay });
    await vi.waitFor(async () => expect((await inForce(overlaid)).source).toBe('operator'), WAIT);
    expect(await inForce(overlaid)).toMatchObject({ version: '0000000003', input: 900_000_000n });
    rmSync(folder, { recursive: true });
  },
  TEST_MS,
);

it.each<[string, number, (origin: PriceOrigin) => void, RegExp]>([
  [
    'sources that lack most of the catalog',
    70,
    () => undefined,
    /refused: .*only \d+ of \d+ offerings would be left/,
  ],
  [
    'an origin that fails',
    0,
    (origin) => origin.fail('/models.dev_api.json'),
    /models\.dev_api\.json cannot be fetched: it answered 500/,
  ],
  [
    'a file that is cut off',
    0,
    (origin) => origin.change(DEEPSEEK, '"input": 1.32', '"input": 1.'),
    /pi-ai\/deepseek\.json is not whole JSON/,
  ],
])(
  '%s: the present prices stay, and readiness and metric say why',
  async (_, leastKeptPercent, breakIt, why) => {
    await using place = await surround();
    breakIt(place.origin);
    const service = await place.run({}, leastKeptPercent);
    await vi.waitFor(async () => expect((await refreshState(service))?.detail).toMatch(why), WAIT);
    const report = await service.readiness();
    expect(report.parts.price_refresh?.ok).toBe(false);
    // An origin may fail before the prices that come with the service are stored.
    await expect
      .poll(async () => (await service.readiness()).parts.prices, { timeout: WAIT.timeout })
      .toEqual({ ok: true, detail: 'version 0000000001' });
    expect(await service.metric('price_refreshes_total', { result: 'failed' })).toBe(1);
    expect(await inForce(service)).toMatchObject({ version: '0000000001', input: 1_320_000_000n });
  },
  TEST_MS,
);
