import { ServiceError } from '@switchyard/kernel';
import { createLogger } from '@switchyard/service-kit';
import { expect, test } from 'vitest';
import type { ClaimedDelivery } from '../adapters/deliveries/claim-deliveries.ts';
import { AlertDeliveries } from './deliveries.ts';

const log = createLogger({ service: 'test', level: 'silent' });
const away = new ServiceError({
  reason: 'DATABASE_UNAVAILABLE',
  code: 'UNAVAILABLE',
  publicMessage: 'away',
  retryable: true,
});
const due = { id: 'd', tenant: 't', receiverId: 'r', attempts: 1 } as ClaimedDelivery;

/** Tells a receiver of one thing, and keeps what came of it as it is told to. */
async function deliver(settle: () => Promise<void>) {
  const waiting = [due];
  let told = 0;
  const deliveries = new AlertDeliveries({
    mayTell: () => true,
    claim: async () => waiting.splice(0),
    tell: async () => {
      told++;
      return { kind: 'delivered' };
    },
    settle,
    told: () => undefined,
    random: () => 0,
    log,
  });
  await expect.poll(() => told).toBe(1);
  await deliveries.close();
}

test('what came of a try is kept once the database, which was away for a moment, is back', async () => {
  let tries = 0;
  let kept = 0;
  await deliver(async () => {
    if (++tries < 3) throw away;
    kept++;
  });
  expect([tries, kept]).toEqual([3, 1]);
});

test('a database that stays away is given up after seconds', async () => {
  let tries = 0;
  await deliver(() => {
    tries++;
    return Promise.reject(away);
  });
  expect(tries).toBeGreaterThan(2);
  expect(tries).toBeLessThan(12);
});

test('what no other try would change is given up at once', async () => {
  let tries = 0;
  await deliver(() => {
    tries++;
    return Promise.reject(new Error('broken'));
  });
  expect(tries).toBe(1);
});
