import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { chainRecords, compareWithHead, followChain, GENESIS } from './audit-chain.ts';
import type { AuditEntry, AuditRecord } from './audit-entry.ts';

const record = (n: number): AuditRecord => ({
  owner: 'acme',
  actor: 'key-1',
  action: 'secret.read',
  resource: `secret:${n}`,
  outcome: 'allowed',
  details: { purpose: 'a call', version: String(n) },
  occurredAtMs: 1_700_000_000_000 + n,
});
const chain = (length: number) =>
  chainRecords(
    GENESIS,
    Array.from({ length }, (_, n) => record(n)),
  );

/** What a reader of the log finds: the first break, or nothing. */
function verdict(entries: readonly AuditEntry[], head = entries.at(-1) ?? GENESIS) {
  const end = followChain(GENESIS, entries);
  return 'kind' in end ? end : compareWithHead(end, head);
}

test('a chain as it was written is whole, page by page too', () => {
  const entries = chain(10);
  expect(verdict(entries)).toBeUndefined();
  const middle = followChain(GENESIS, entries.slice(0, 4));
  expect('kind' in middle).toBe(false);
  expect(followChain(middle as AuditEntry, entries.slice(4))).toBe(entries.at(-1));
});

test('A31: 100 % of edits are detected, in every field of every entry', () => {
  const entries = chain(5);
  const edits: Partial<AuditEntry>[] = [
    { owner: 'globex' },
    { actor: 'key-2' },
    { action: 'secret.put' },
    { resource: 'secret:x' },
    { outcome: 'denied' },
    { details: {} },
    { details: { purpose: 'a call', version: '9' } },
    { occurredAtMs: 0 },
    { hash: Buffer.alloc(32) },
  ];
  for (const [index, entry] of entries.entries()) {
    for (const edit of edits) {
      const found = verdict(entries.with(index, { ...entry, ...edit }), entries.at(-1));
      expect(found).toEqual({ kind: 'edited', sequence: entry.sequence });
    }
  }
});

test('A31: 100 % of deletions are detected, at the begin, in the middle and at the end', () => {
  const entries = chain(5);
  for (let index = 0; index < 5; index++) {
    const kind = index === 4 ? 'truncated' : 'missing';
    expect(verdict(entries.toSpliced(index, 1), entries[4])).toEqual({ kind, sequence: BigInt(index + 1) });
  }
  expect(verdict([], entries[4])).toEqual({ kind: 'truncated', sequence: 1n });
});

test('A31: entries that change places, or are put in, are detected', () => {
  const entries = chain(4);
  const [a, b, c, d] = entries as [AuditEntry, AuditEntry, AuditEntry, AuditEntry];
  expect(verdict([a, c, b, d])).toMatchObject({ kind: 'missing', sequence: 2n });
  const swapped = [a, { ...c, sequence: 2n }, { ...b, sequence: 3n }, d];
  expect(verdict(swapped)).toMatchObject({ kind: 'edited', sequence: 2n });
});

test('a chain that was rewritten from some entry on does not meet the head', () => {
  const entries = chain(4);
  const forged = chainRecords(entries[1] as AuditEntry, [{ ...record(2), actor: 'x' }, record(3)]);
  expect(verdict([...entries.slice(0, 2), ...forged], entries[3])).toMatchObject({ kind: 'edited' });
});

test('text cannot move from one field into another without another hash', () => {
  const hash = (actor: string, action: string) =>
    chainRecords(GENESIS, [{ ...record(0), actor, action }])[0]?.hash.toString('hex');
  fc.assert(
    fc.property(fc.tuple(fc.string(), fc.string()), fc.tuple(fc.string(), fc.string()), ([a, b], [c, d]) => {
      expect(hash(a, b) === hash(c, d)).toBe(a === c && b === d);
    }),
  );
});

test('the order in which details were given does not matter', () => {
  const hash = (details: Record<string, string>) =>
    chainRecords(GENESIS, [{ ...record(0), details }])[0]?.hash.toString('hex');
  expect(hash({ a: '1', b: '2' })).toBe(hash({ b: '2', a: '1' }));
});
