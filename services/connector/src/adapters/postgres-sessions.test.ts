import { expect, test } from 'vitest';
import type { Connector } from '../domain/connector.ts';
import type { PostgresSession } from './postgres-session.ts';
import { PostgresSessions, type SessionKey } from './postgres-sessions.ts';

const key = (uid: string, password = 'p', credentialRef = 's'): SessionKey => ({
  connector: { uid, tenant: 't', credentialRef } as Connector,
  credential: { kind: 'basic', user: 'u', password },
});

/** A session that only knows whether it was ended: what a pool does with it needs no database. */
function fakeSession(): PostgresSession & { ended: boolean } {
  const session = {
    ended: false,
    isUsable: true,
    destroy: () => {
      session.ended = true;
    },
    client: {
      end: async () => {
        session.ended = true;
      },
    } as PostgresSession['client'],
  };
  return session;
}

async function keepOne(sessions: PostgresSessions, of: SessionKey) {
  const session = fakeSession();
  const lease = await sessions.lease(of, async () => session);
  lease.keep();
  return session;
}

test('a kept session is used again, by the same connector and credential only', async () => {
  const sessions = new PostgresSessions();
  const session = await keepOne(sessions, key('a'));
  const opened: string[] = [];
  const other = await sessions.lease(key('b'), async () => {
    opened.push('b');
    return fakeSession();
  });
  expect([opened, other.session === session]).toEqual([['b'], false]);
  const again = await sessions.lease(key('a'), async () => fakeSession());
  expect(again.session).toBe(session);
});

test('a session that was logged in by another password is ended, not used', async () => {
  const sessions = new PostgresSessions();
  const session = await keepOne(sessions, key('a', 'old'));
  const lease = await sessions.lease(key('a', 'new'), async () => fakeSession());
  expect([lease.session === session, session.ended, sessions.idleCount]).toEqual([false, true, 0]);
});

test('at most 10 idle sessions of a connector and 200 in all are kept', async () => {
  const sessions = new PostgresSessions();
  const leases = await Promise.all(
    Array.from({ length: 12 }, () => sessions.lease(key('a'), async () => fakeSession())),
  );
  for (const lease of leases) lease.keep();
  expect(sessions.idleCount).toBe(10);
  for (let connector = 0; connector < 30; connector++) {
    const some = await Promise.all(
      Array.from({ length: 10 }, () => sessions.lease(key(`c${connector}`), async () => fakeSession())),
    );
    for (const lease of some) lease.keep();
  }
  expect(sessions.idleCount).toBe(200);
  sessions.forget(undefined);
  expect(sessions.idleCount).toBe(0);
});

test('a change of the secret ends idle sessions of it, and those in use when they come back', async () => {
  const sessions = new PostgresSessions();
  const idle = await keepOne(sessions, key('a'));
  const unrelated = await keepOne(sessions, key('b', 'p', 'other'));
  const inUse = fakeSession();
  const lease = await sessions.lease(key('c'), async () => inUse);
  sessions.forget({ tenant: 't', id: 's' });
  lease.keep();
  expect([idle.ended, unrelated.ended, inUse.ended]).toEqual([true, false, true]);
  sessions.forget(undefined);
});

test('a session that broke is not kept', async () => {
  const sessions = new PostgresSessions();
  const session = { ...fakeSession(), isUsable: false };
  (await sessions.lease(key('a'), async () => session)).keep();
  expect(sessions.idleCount).toBe(0);
});
