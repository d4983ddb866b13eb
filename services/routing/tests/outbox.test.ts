import { randomUUID } from 'node:crypto';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createOutbox, recoverOutboxes } from '../src/outbox/open-outbox.ts';
import { Outbox, type OutboxOptions, type OutboxState } from '../src/outbox/outbox.ts';
import { lockOutbox, type OutboxLock } from '../src/outbox/outbox-lock.ts';

let directory: string;
let options: OutboxOptions;
const open: Outbox[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'outbox-'));
  options = {
    directory,
    bootId: randomUUID(),
    segmentBytes: 4_096,
    maxBytes: 1_000_000,
    retainMs: 0,
    onFatal: (error) => {
      throw error;
    },
  };
});

afterEach(() => {
  for (const outbox of open.splice(0)) outbox.dispose();
  rmSync(directory, { recursive: true });
});

const create = (overrides: Partial<OutboxOptions> = {}) => {
  const outbox = createOutbox({ ...options, ...overrides });
  open.push(outbox);
  return outbox;
};
const recover = async (own: Outbox) => {
  const recovered = await recoverOutboxes(options, [own]);
  open.push(...recovered.map(({ outbox }) => outbox));
  return recovered;
};
/** What the death of a process does: the lock goes, the files stay. */
const die = (outbox: Outbox) => {
  outbox.dispose();
  open.splice(open.indexOf(outbox), 1);
};
const textsOf = async (outbox: Outbox | undefined) =>
  (await outbox?.read(1, 10))?.map(({ sequence, usage }) => [sequence, Buffer.from(usage).toString()]);
const bytes = (text: string) => Buffer.from(text);
const spend = (outbox: Outbox, text: string) => {
  const attemptId = randomUUID();
  outbox.hold(attemptId, bytes(`held ${text}`));
  return outbox.settle(attemptId, bytes(text));
};

test('records are numbered from 1 without gaps and read back from any number on, across segments', async () => {
  const outbox = create();
  for (let i = 1; i <= 1_500; i++) expect(spend(outbox, `usage ${i}`)).toBe(i);
  expect(readdirSync(directory).filter((name) => name.endsWith('.outbox')).length).toBeGreaterThan(10);
  const read = await outbox.read(1_490, 5);
  expect(read.map(({ sequence, usage }) => [sequence, Buffer.from(usage).toString()])).toEqual(
    [1490, 1491, 1492, 1493, 1494].map((n) => [n, `usage ${n}`]),
  );
});

test('an attempt that was under way when the process died is booked as it was held, and the outbox is closed', async () => {
  const dead = create();
  spend(dead, 'one');
  dead.hold(randomUUID(), bytes('held two'));
  die(dead);
  const [recovered] = await recover(create());
  expect(recovered).toMatchObject({ unresolved: 1, tornBytes: 0 });
  expect(await textsOf(recovered?.outbox)).toEqual([
    [1, 'one'],
    [2, 'held two'],
  ]);
  expect(recovered?.outbox.closed).toBe(true);
});

test('what holds in the place of another hold is booked alone, and keeps no segment but its own', async () => {
  const dead = create();
  const [settled, left] = [randomUUID(), randomUUID()];
  for (const attemptId of [settled, left]) dead.hold(attemptId, bytes('held much'));
  for (let i = 1; i <= 300; i++) spend(dead, `usage ${i}`);
  for (const attemptId of [settled, left]) dead.hold(attemptId, bytes('held less'));
  dead.settle(settled, bytes('used'));
  const files = () => readdirSync(directory).filter((name) => name.endsWith('.outbox')).length;
  const before = files();
  dead.cover(dead.lastSequence, 0);
  dead.cover(dead.lastSequence, 1);
  expect(files()).toBeLessThan(before);
  die(dead);
  const [recovered] = await recover(create());
  expect(recovered?.unresolved).toBe(1);
  const read = await recovered?.outbox.read(301, 10);
  expect(read?.map(({ usage }) => Buffer.from(usage).toString())).toEqual(['used', 'held less']);
});

test('a torn tail is cut wherever it is torn, and what was whole is kept', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 60 }), async (cut) => {
      const dead = create();
      spend(dead, 'one');
      spend(dead, 'two');
      die(dead);
      const file = join(
        directory,
        readdirSync(directory).find((name) => name.startsWith(dead.id) && name.endsWith('.outbox')) ?? '',
      );
      truncateSync(file, statSync(file).size - cut);
      const own = create();
      const [recovered] = (await recover(own)).filter(({ outbox }) => outbox.id === dead.id);
      const texts = await textsOf(recovered?.outbox);
      // The second usage record is torn: its hold is booked instead, or its frame and its hold's are both gone.
      expect(texts?.[0]).toEqual([1, 'one']);
      expect([undefined, 'held two']).toContain(texts?.[1]?.[1]);
      recovered?.outbox.dispose();
      own.dispose();
      open.length = 0;
      for (const name of readdirSync(directory)) rmSync(join(directory, name));
    }),
    { numRuns: 60 },
  );
});

test('garbage after the last record is cut and counted', async () => {
  const dead = create();
  spend(dead, 'one');
  die(dead);
  const file = join(directory, `${dead.id}.000000.outbox`);
  appendFileSync(file, Buffer.from('garbage that is no frame'));
  const [recovered] = await recover(create());
  expect(recovered?.tornBytes).toBe(24);
  expect(readFileSync(file).includes('garbage')).toBe(false);
});

test('an outbox whose process lives is left alone', async () => {
  const alive = create();
  spend(alive, 'one');
  expect(await recover(create())).toEqual([]);
});

test('after a reboot open holds are not booked under numbers that may have been given already', async () => {
  const dead = create();
  const attemptId = randomUUID();
  dead.hold(attemptId, bytes('held'));
  die(dead);
  options = { ...options, bootId: randomUUID() };
  const [recovered] = await recover(create());
  expect(recovered).toMatchObject({ unresolved: 0, abandoned: [attemptId] });
  expect(recovered?.outbox.closed).toBe(false);
});

test('an outbox from before a reboot goes once the ledger has what is in it, open holds or not, and is never called closed', async () => {
  const dead = create();
  dead.hold(randomUUID(), bytes('held'));
  spend(dead, 'one');
  die(dead);
  options = { ...options, bootId: randomUUID(), retainMs: 1_000 };
  const [recovered] = await recover(create());
  const outbox = recovered?.outbox as Outbox;
  outbox.cover(0, 0);
  expect(outbox.isSpent(5_000)).toBe(false);
  outbox.cover(1, 5_000);
  expect([outbox.isSpent(5_999), outbox.isSpent(6_000)]).toEqual([false, true]);
  expect(outbox.closed).toBe(false);
});

test('an outbox that was never written to is closed, so that nobody waits for it', async () => {
  const dead = create();
  die(dead);
  const [recovered] = await recover(create());
  expect(recovered?.outbox).toMatchObject({ id: dead.id, lastSequence: 0, closed: true });
});

test('a lock without files is removed, unless its outbox may be in the making', async () => {
  const [old, young] = [randomUUID(), randomUUID()];
  for (const id of [old, young]) lockOutbox(join(directory, `${id}.lock`))?.release();
  const anHourAgo = Date.now() / 1000 - 3_600;
  utimesSync(join(directory, `${old}.lock`), anHourAgo, anHourAgo);
  const own = create();
  expect(await recover(own)).toEqual([]);
  expect(readdirSync(directory).filter((name) => name.endsWith('.lock'))).toEqual(
    [`${young}.lock`, `${own.id}.lock`].sort(),
  );
});

test('the files of a spent outbox vanish while it is locked, and its lock with them', () => {
  const id = randomUUID();
  const lock = lockOutbox(join(directory, `${id}.lock`)) as OutboxLock;
  const left: string[][] = [];
  const note = (end: () => void) => () => {
    left.push(readdirSync(directory));
    end();
  };
  const state = {
    id,
    segments: [],
    lastSequence: 0,
    openHolds: new Map(),
    end: 'open',
  } satisfies OutboxState;
  const outbox = new Outbox(options, { release: note(lock.release), remove: note(lock.remove) }, state);
  spend(outbox, 'one');
  outbox.remove();
  expect(left).toEqual([[`${id}.lock`, `${id}.lock-journal`]]);
  expect(readdirSync(directory)).toEqual([]);
});

test('admission stops with a clear error when too much waits for the ledger, and goes on once it is covered', () => {
  const outbox = create({ maxBytes: 8_192 });
  const overfill = () => {
    for (let i = 0; i < 1_000; i++) spend(outbox, 'x'.repeat(100));
  };
  expect(overfill).toThrow(expect.objectContaining({ reason: 'OUTBOX_FULL', code: 'UNAVAILABLE' }));
  outbox.cover(outbox.lastSequence, 0);
  expect(spend(outbox, 'again')).toBeGreaterThan(0);
});

test('segments go once the ledger has them for long enough, and come back into account when its watermark falls', () => {
  const outbox = create({ retainMs: 1_000 });
  for (let i = 0; i < 500; i++) spend(outbox, `usage ${i}`);
  const before = readdirSync(directory).length;
  outbox.cover(outbox.lastSequence, 0);
  expect(outbox.uncoveredBytes).toBe(0);
  outbox.cover(0, 500);
  expect(outbox.uncoveredBytes).toBeGreaterThan(0);
  outbox.cover(outbox.lastSequence, 600);
  outbox.cover(outbox.lastSequence, 1_599);
  expect(readdirSync(directory).length).toBe(before);
  outbox.cover(outbox.lastSequence, 1_600);
  expect(readdirSync(directory).length).toBeLessThan(before);
});

test('a segment that is written to for long stays for the whole time after the ledger has its last record', () => {
  const outbox = create({ retainMs: 1_000 });
  spend(outbox, 'long ago');
  outbox.cover(outbox.lastSequence, 0);
  for (let i = 0; i < 500; i++) spend(outbox, `usage ${i}`);
  expect(outbox.uncoveredBytes).toBeGreaterThan(0);
  outbox.cover(outbox.lastSequence, 5_000);
  const before = readdirSync(directory).length;
  outbox.cover(outbox.lastSequence, 5_999);
  expect(readdirSync(directory).length).toBe(before);
  outbox.cover(outbox.lastSequence, 6_000);
  expect(readdirSync(directory).length).toBeLessThan(before);
});
