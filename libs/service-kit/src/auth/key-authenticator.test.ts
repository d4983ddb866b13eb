import { type Clock, newApiKey, ServiceError } from '@switchyard/kernel';
import { expect, test } from 'vitest';
import { KeyAuthenticator, type ResolvedPrincipal } from './key-authenticator.ts';

/** A credential service that answers only when it is told to, and a clock that stands. */
function setUp() {
  const asked: PromiseWithResolvers<ResolvedPrincipal | undefined>[] = [];
  let nowMs = 0;
  const clock: Clock = { wallMs: () => nowMs, monotonicMs: () => nowMs };
  const authenticator = new KeyAuthenticator({
    clock,
    eventsArrive: () => true,
    resolve: () => {
      const question = Promise.withResolvers<ResolvedPrincipal | undefined>();
      asked.push(question);
      return question.promise;
    },
  });
  const use = (key: string) => authenticator.authenticate(`Bearer ${key}`);
  return { asked, authenticator, use, pass: (ms: number) => (nowMs += ms) };
}

const known: ResolvedPrincipal = {
  principal: { keyId: 'k', tenant: 't', role: 'agent', installation: false, permissions: new Set() },
  expiresAtMs: undefined,
  ttlMs: 600_000,
};
const away = new ServiceError({
  reason: 'CREDENTIAL_UNAVAILABLE',
  code: 'UNAVAILABLE',
  publicMessage: 'away',
  retryable: true,
});

/** Makes some keys known, then has every one of them asked for again. */
async function suspected(keys: readonly string[]) {
  const made = setUp();
  for (const key of keys) {
    const principal = made.use(key);
    made.asked.shift()?.resolve(known);
    await principal;
  }
  made.authenticator.suspectAll();
  return made;
}

test('calls of one key share one question while nothing else is known of it', async () => {
  const key = newApiKey();
  const { asked, use } = await suspected([key]);
  const calls = [use(key), use(key), use(key)];
  expect(asked).toHaveLength(1);
  asked[0]?.resolve(known);
  expect(await Promise.all(calls)).toEqual([known.principal, known.principal, known.principal]);
});

test('while nobody answers, known keys are answered at once, and asked for behind the calls, each once', async () => {
  const [first, second] = [newApiKey(), newApiKey()];
  const { asked, use } = await suspected([first, second]);
  const waits = use(first);
  asked.shift()?.reject(away);
  expect(await waits).toBe(known.principal);
  for (const key of [first, second, first, second]) expect(use(key)).toBe(known.principal);
  expect(asked).toHaveLength(2);
});

test('once somebody answers, a revoked key ends, and other suspected keys wait for their answer', async () => {
  const [first, second] = [newApiKey(), newApiKey()];
  const { asked, use } = await suspected([first, second]);
  const waits = use(first);
  asked.shift()?.reject(away);
  await waits;
  expect(use(first)).toBe(known.principal);
  asked.shift()?.resolve(undefined);
  await new Promise(setImmediate);
  await expect((async () => use(first))()).rejects.toMatchObject({ reason: 'KEY_UNKNOWN' });
  const other = use(second);
  expect(other).toBeInstanceOf(Promise);
  asked.shift()?.resolve(undefined);
  await expect(other).rejects.toMatchObject({ reason: 'KEY_UNKNOWN' });
});

test('a failure of long ago does not let a suspected key through', async () => {
  const key = newApiKey();
  const { asked, use, pass } = await suspected([key]);
  const waits = use(key);
  asked.shift()?.reject(away);
  await waits;
  pass(5_000);
  const later = use(key);
  expect(later).toBeInstanceOf(Promise);
  asked.shift()?.resolve(undefined);
  await expect(later).rejects.toMatchObject({ reason: 'KEY_UNKNOWN' });
});

test('a key that nobody has vouched for within its time is refused while nobody answers', async () => {
  const key = newApiKey();
  const { asked, use, pass } = await suspected([key]);
  const waits = use(key);
  asked.shift()?.reject(away);
  await waits;
  pass(known.ttlMs);
  const late = use(key);
  pass(2_000);
  asked.shift()?.reject(away);
  await expect(late).rejects.toBe(away);
  expect(asked).toHaveLength(0);
});

test('a key that is used first while credential is away for a moment is asked for again, by all of its calls together', async () => {
  const { asked, use } = setUp();
  const key = newApiKey();
  const calls = Promise.all([use(key), use(key)]);
  asked.shift()?.reject(away);
  await expect.poll(() => asked).toHaveLength(1);
  asked.shift()?.resolve(known);
  expect(await calls).toEqual([known.principal, known.principal]);
});

test('a caller who is not known is told that credential is away, though the next question gets no answer', async () => {
  const { asked, use, pass } = setUp();
  const refused = expect(use(newApiKey())).rejects.toBe(away);
  pass(1_500);
  asked.shift()?.reject(away);
  await expect.poll(() => asked).toHaveLength(1);
  pass(400);
  await refused;
});

test('who comes once credential is known to be away is told after one question', async () => {
  const { asked, use } = setUp();
  const patient = use(newApiKey());
  asked.shift()?.reject(away);
  await expect.poll(() => asked).toHaveLength(1);
  const late = use(newApiKey());
  asked.pop()?.reject(away);
  await expect(late).rejects.toBe(away);
  asked.shift()?.resolve(known);
  expect(await patient).toEqual(known.principal);
});

test('what another question would not change is told at once', async () => {
  const { asked, use } = setUp();
  const broken = new Error('broken');
  const call = use(newApiKey());
  asked.shift()?.reject(broken);
  await expect(call).rejects.toBe(broken);
});
