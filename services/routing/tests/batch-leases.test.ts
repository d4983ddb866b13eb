import { randomUUID } from 'node:crypto';
import { createLogger, migrate, openPostgres, type Postgres } from '@switchyard/service-kit';
import { useServers } from '@switchyard/testkit/test-servers';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { AnswerCipher } from '../src/adapters/answer-cipher.ts';
import { type LeasedBatch, PostgresBatchWork } from '../src/adapters/postgres-batch-work.ts';
import { PostgresBatches } from '../src/adapters/postgres-batches.ts';
import { PostgresFiles } from '../src/adapters/postgres-files.ts';
import { migrationOptions } from '../src/index.ts';

const servers = useServers({ postgres: true });
const PASSWORD = 'routing-test';
let postgres: Postgres;
let owner: pg.Client;
let files: PostgresFiles;
let batches: PostgresBatches;
let work: PostgresBatchWork;

beforeAll(async () => {
  const ownerUrl = await servers.postgres.createDatabase();
  await migrate(
    migrationOptions({ ROUTING_MIGRATION_DATABASE_URL: ownerUrl, ROUTING_DATABASE_PASSWORD: PASSWORD }),
  );
  const url = new URL(ownerUrl);
  url.username = 'switchyard_routing';
  url.password = PASSWORD;
  postgres = openPostgres({
    url: url.href,
    maxConnections: 4,
    statementTimeoutMs: 5_000,
    applicationName: 'test',
    log: createLogger({ service: 'test', level: 'silent' }),
  });
  // Connections are there before anything is measured against their time limit.
  await vi.waitFor(
    () => Promise.all([1, 2, 3, 4].map(() => postgres.asSystem((one) => one.query('SELECT pg_sleep(0.2)')))),
    { timeout: 20_000 },
  );
  owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  const cipher = new AnswerCipher('secret', 'file');
  files = new PostgresFiles(postgres, cipher);
  batches = new PostgresBatches(postgres);
  work = new PostgresBatchWork(postgres, cipher);
});

beforeEach(() => owner.query('TRUNCATE routing.files, routing.batches CASCADE'));

afterAll(async () => {
  await owner?.end();
  await postgres?.close();
});

async function begin(tenant: string): Promise<string> {
  const file = await files.create({ tenant, id: randomUUID(), filename: 'f', data: Buffer.from('x') });
  const id = randomUUID();
  const asked = {
    tenant,
    id,
    inputFileId: file.id,
    endpoint: '/v1/x',
    keyId: 'k',
    metadata: {},
    providerBatches: 'auto' as const,
  };
  await batches.create(asked);
  return id;
}

const leaseOne = async (): Promise<LeasedBatch> => {
  const leased = await work.lease(randomUUID());
  if (leased === undefined) throw new Error('nothing to lease');
  return leased;
};
const runOut = (id: string) =>
  owner.query(`UPDATE routing.batches SET leased_until = now() WHERE id = $1`, [id]);
const answer = (number: number, text = `line ${number}\n`) =>
  ({ number, end: 'answered', content: Buffer.from(text), costNanoUsd: 7n }) as const;
const resultsOf = async (tenant: string, id: string) =>
  (await gather(files.results({ tenant, id }, 0))).map(String);

test('a batch is leased once, kept by being renewed, and free again when the lease has run out', async () => {
  const id = await begin('acme');
  const leases = await Promise.all(Array.from({ length: 4 }, () => work.lease(randomUUID())));
  const [leased] = leases.filter((one) => one !== undefined);
  expect(leases.filter((one) => one !== undefined)).toHaveLength(1);
  expect(await work.renew(leased as LeasedBatch)).toBe('validating');
  expect(await work.lease(randomUUID())).toBeUndefined();
  await runOut(id);
  const next = await leaseOne();
  expect(await work.renew(leased as LeasedBatch)).toBeUndefined();
  await work.release(next);
  expect((await leaseOne()).batch.id).toBe(id);
});

test('tenants take turns, each by age', async () => {
  const [first, second, third] = [await begin('acme'), await begin('acme'), await begin('globex')];
  expect([await leaseOne(), await leaseOne(), await leaseOne()].map(({ batch }) => batch.id)).toEqual([
    first,
    third,
    second,
  ]);
});

test('what was given back waits from then on, and it is told who waits', async () => {
  const [first, second] = [await begin('acme'), await begin('acme')];
  expect(await work.waiting()).toBe('of an unserved tenant');
  const leased = await leaseOne();
  expect(await work.waiting()).toBe('of a served tenant');
  await begin('globex');
  expect(await work.waiting()).toBe('of an unserved tenant');
  await work.release(leased);
  const next = [await leaseOne(), await leaseOne(), await leaseOne()].map(({ batch }) => batch);
  expect(next.map(({ tenant }) => tenant)).toEqual(['acme', 'globex', 'acme']);
  expect([next[0]?.id, next[2]?.id]).toEqual([second, first]);
  expect(await work.waiting()).toBe('none');
});

test('who has lost the lease begins, ends and changes nothing', async () => {
  const id = await begin('acme');
  const lost = await leaseOne();
  await work.begin(lost, 3);
  expect(await work.claim(lost, 1)).toBe(true);
  expect(await work.claim(lost, 2)).toBe(true);
  await runOut(id);
  const holder = await leaseOne();
  expect(await work.claim(lost, 3)).toBe(false);
  await work.end(lost, answer(1));
  await work.unclaim(lost, 9);
  expect(await work.finalize(lost)).toBeUndefined();
  await work.finish(lost, { state: 'completed', problems: [], fileIds: newIds() });
  expect(await batches.get('acme', id)).toMatchObject({ state: 'in_progress', answered: 0, costNanoUsd: 0n });
  expect(await work.knownLines(holder)).toEqual(
    new Map([
      [1, 'running'],
      [2, 'running'],
    ]),
  );
  expect(await work.claim(holder, 1)).toBe(false);
});

test('a line ends once, whoever says it again, and is counted once', async () => {
  const id = await begin('acme');
  const leased = await leaseOne();
  await work.begin(leased, 2);
  await work.claim(leased, 1);
  await Promise.all([work.end(leased, answer(1)), work.end(leased, answer(1, 'other\n'))]);
  await work.end(leased, { ...answer(2), end: 'failed', costNanoUsd: 0n });
  expect(await batches.get('acme', id)).toMatchObject({ answered: 1, failed: 1, costNanoUsd: 7n });
  expect(await resultsOf('acme', id)).toHaveLength(2);
  expect(await work.claim(leased, 1)).toBe(false);
});

test('many lines end at once without waiting for each other in a circle', async () => {
  const id = await begin('acme');
  const leased = await leaseOne();
  const numbers = Array.from({ length: 8 }, (_, i) => i + 1);
  await Promise.all(
    numbers.map(async (number) => {
      expect(await work.claim(leased, number)).toBe(true);
      await work.end(leased, answer(number));
    }),
  );
  expect(await batches.get('acme', id)).toMatchObject({ answered: 8, costNanoUsd: 56n });
  expect(await resultsOf('acme', id)).toEqual(numbers.map((number) => `line ${number}\n`));
});

test('a line that was given back is begun again', async () => {
  await begin('acme');
  const leased = await leaseOne();
  await work.claim(leased, 1);
  await work.unclaim(leased, 1);
  expect(await work.knownLines(leased)).toEqual(new Map());
  expect(await work.claim(leased, 1)).toBe(true);
});

test('the end makes a file of what was answered; deleting it removes the answers', async () => {
  const id = await begin('acme');
  const leased = await leaseOne();
  await work.begin(leased, 2);
  await work.end(leased, answer(2));
  await work.end(leased, answer(1));
  await work.finalize(leased);
  const fileIds = newIds();
  await work.finish(leased, { state: 'completed', problems: [], fileIds });
  expect(await batches.get('acme', id)).toMatchObject({
    state: 'completed',
    outputFileId: fileIds.answered,
    errorFileId: undefined,
  });
  const file = await files.find('acme', fileIds.answered);
  if (file === undefined) throw new Error('no file');
  expect(file).toMatchObject({ purpose: 'batch_output', bytes: 14 });
  expect((await gather(files.contents(file))).map(String)).toEqual(['line 1\n', 'line 2\n']);
  await files.remove('acme', file.id);
  expect(await resultsOf('acme', id)).toEqual([]);
  const { rows } = await owner.query('SELECT FROM routing.batch_lines WHERE sealed IS NOT NULL');
  expect(rows).toEqual([]);
});

test('a batch may have been cancelled between two steps: then the later one does not happen', async () => {
  const id = await begin('acme');
  const leased = await leaseOne();
  expect((await batches.cancel('acme', id)).state).toBe('cancelling');
  expect(await work.begin(leased, 1)).toBeUndefined();
  expect(await work.renew(leased)).toBe('cancelling');
  expect((await batches.cancel('acme', id)).state).toBe('cancelling');
  await work.finish(leased, { state: 'cancelled', problems: [], fileIds: newIds() });
  await expect(batches.cancel('acme', id)).rejects.toMatchObject({ reason: 'BATCH_ENDED' });
});

test('contents of any size come back as they were, and are not believed where they were changed', async () => {
  const data = Buffer.from(Array.from({ length: 90_000 }, (_, i) => `{"line":${i}}`).join('\n'));
  const file = await files.create({ tenant: 'acme', id: randomUUID(), filename: 'f', data });
  const pieces = await gather(files.contents(file));
  expect(pieces.length).toBeGreaterThan(3);
  expect(Buffer.concat(pieces).equals(data)).toBe(true);
  await owner.query(
    'UPDATE routing.file_chunks SET sealed = set_byte(sealed, 99, (get_byte(sealed, 99) + 1) % 256) WHERE number = 1',
  );
  await expect(gather(files.contents(file))).rejects.toMatchObject({ reason: 'FILE_UNREADABLE' });
});

test('what has expired is gone and removed; a file outlives the batch that reads it', async () => {
  const file = { tenant: 'acme', filename: 'f', data: Buffer.from('x') };
  const { id } = await files.create({ ...file, id: randomUUID() });
  const read = await files.create({ ...file, id: randomUUID() });
  await owner.query(`UPDATE routing.files SET expires_at = now() + interval '1 second'`);
  const asked = {
    id: randomUUID(),
    inputFileId: read.id,
    endpoint: '/v1/x',
    keyId: 'k',
    metadata: {},
    providerBatches: 'auto' as const,
  };
  await batches.create({ tenant: 'acme', ...asked });
  await owner.query(`UPDATE routing.files SET expires_at = expires_at - interval '2 days'`);
  expect(await files.find('acme', id)).toBeUndefined();
  expect(await files.find('acme', read.id)).toBeDefined();
  await expect(batches.create({ tenant: 'acme', ...asked, inputFileId: id })).rejects.toMatchObject({
    reason: 'FILE_NOT_FOUND',
  });
  expect(await files.removeExpired()).toBe('none left');
  const left = async () => (await owner.query<{ id: string }>('SELECT id FROM routing.files')).rows;
  expect(await left()).toEqual([{ id: read.id }]);

  // Nobody could work on the batch for weeks.
  await owner.query(`UPDATE routing.files SET expires_at = now() - interval '1 day'`);
  expect(await files.find('acme', read.id)).toBeDefined();
  const second = await batches.create({ tenant: 'acme', ...asked, id: randomUUID() });
  await owner.query('DELETE FROM routing.batches WHERE id = $1', [second.id]);
  await owner.query(`UPDATE routing.files SET expires_at = now() - interval '1 day'`);
  await files.removeExpired();
  expect(await left()).toEqual([{ id: read.id }]);
  const leased = await leaseOne();
  await work.finish(leased, { state: 'cancelled', problems: [], fileIds: newIds() });
  expect(await files.find('acme', read.id)).toBeUndefined();
  await files.removeExpired();
  expect(await left()).toEqual([]);
});

test('a tenant has so many files, so many bytes and so many open batches', async () => {
  await owner.query(
    `INSERT INTO routing.batches (tenant, id, input_file_id, endpoint, key_id, metadata, expires_at)
     SELECT 'acme', gen_random_uuid(), gen_random_uuid(), '/v1/x', 'k', '{}', now() FROM generate_series(1, 50)`,
  );
  await expect(begin('acme')).rejects.toMatchObject({ reason: 'TOO_MANY_BATCHES' });
  const insert = (count: number, bytes: number) =>
    owner.query(
      `INSERT INTO routing.files (tenant, id, filename, purpose, bytes, expires_at)
       SELECT 'globex', gen_random_uuid(), 'f', 'batch', $2, now() + interval '1 day' FROM generate_series(1, $1)`,
      [count, bytes],
    );
  await insert(1, 2 * 1024 ** 3);
  await expect(begin('globex')).rejects.toMatchObject({ reason: 'TOO_MANY_FILES' });
  await owner.query('DELETE FROM routing.files');
  await insert(1_000, 1);
  await expect(begin('globex')).rejects.toMatchObject({ reason: 'TOO_MANY_FILES' });
  await begin('initech');
});

test('what another tenant has is not found', async () => {
  const id = await begin('acme');
  await expect(batches.get('globex', id)).rejects.toMatchObject({ reason: 'BATCH_NOT_FOUND' });
  await expect(batches.cancel('globex', id)).rejects.toMatchObject({ reason: 'BATCH_NOT_FOUND' });
  const { inputFileId } = await batches.get('acme', id);
  await expect(files.remove('globex', inputFileId)).rejects.toMatchObject({ reason: 'FILE_NOT_FOUND' });
  const page = { limit: 10, order: 'desc', after: undefined } as const;
  expect(await batches.list('globex', page)).toEqual([]);
  expect(await batches.list('acme', page)).toHaveLength(1);
});

const newIds = () => ({ answered: randomUUID(), failed: randomUUID() });

async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
