import { ok } from '@switchyard/kernel';
import { expect, test } from 'vitest';
import type { LineWork } from '../src/batch/ask-line.ts';
import type { BatchContext } from '../src/batch/batch-context.ts';
import { BatchPlaces } from '../src/batch/provider-batches/batch-places.ts';
import { followBatches } from '../src/batch/provider-batches/follow.ts';
import { offering } from './domain/offerings.ts';

const { provider } = offering({ provider: 'openai' });
const place = { provider: provider.key, endpoint: '', model: 'm' };
const clock = { wallMs: () => 1_000, monotonicMs: () => 0 };
const batch = { id: 'b', tenant: 't', createdAtMs: 0, expiresAtMs: 86_400_000 };

test.each([
  ['has answered all takes further ones', 0, 'open'],
  ['has given some back takes no further ones', 1, 'closed'],
])('a place that %s', async (_, returned, standing) => {
  let state = 'submitted';
  const none = new AbortController().signal;
  const lease = {
    leased: { batch },
    lost: none,
    pause: none,
    stored: (store: () => unknown) => Promise.resolve(store()),
  };
  const places = new BatchPlaces({ batch } as never, { clock, random: () => 0, pauseMs: 1_000 });
  const context = {
    ...{ clock, providerBatches: { pollMs: 1_000 } },
    reaches: () => [provider],
    handed: {
      of: () => [{ ...place, id: 'h', remoteId: 'r', state, returned: state === 'ended' ? returned : 0 }],
      lines: () => new Map(),
      end: () => {
        state = 'ended';
      },
    },
    remote: { get: () => Promise.resolve(ok({ state: 'ended', results: [] })) },
    files: { find: () => ({}), contents: () => [] },
  } as unknown as BatchContext;
  const work = { lease, places, submitting: new Set() } as unknown as LineWork;
  await followBatches(work, context, AbortSignal.abort());
  expect(places.standing(place)).toBe(standing);
});
