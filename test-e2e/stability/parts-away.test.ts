import { textRequest } from '@switchyard/client';
import { request } from 'undici';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ledgerWith } from '../support/ledger-rows.ts';
import { readReadiness } from '../support/routing-readiness.ts';
import { startTestFleet, type TestFleet } from '../support/test-fleet.ts';

/** What is stopped, and what routing calls it, by what it has it for; nothing: routing does not stand on it. */
const PARTS = [
  ['health-probe', ['health_probe']],
  ['cost-accounting', ['cost_accounting']],
  ['credential', ['credential']],
  ['connector', []],
  ['nats', ['nats']],
  ['redis', ['redis', 'redis_cache']],
  ['postgres', ['postgres']],
] as const;
/** What another service stands on is degraded with it, a moment later. */
const AS_WELL: Partial<Record<string, readonly string[]>> = { postgres: ['cost_accounting'] };
type PartName = (typeof PARTS)[number][0];
const PATIENCE = { timeout: 30_000, interval: 300 };

let started: TestFleet;
/** Requests that were answered since the start. */
let answered = 0;

beforeAll(async () => {
  started = await startTestFleet({ onDeath: 'leave' });
  await serve();
});

afterAll(() => started?.[Symbol.asyncDispose]());

/** A request by HTTP and one by gRPC, each with an answer. */
async function serve(): Promise<void> {
  const { fleet, clients } = started;
  const { statusCode, body } = await request(`${fleet.httpUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${fleet.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sim-fast', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  expect([statusCode, await body.text()]).toEqual([200, expect.stringContaining('Simulated answer:')]);
  answered++;
  expect((await clients[0]?.complete(textRequest('sim-fast', 'Hello')))?.route?.provider).toBeDefined();
  answered++;
}

async function stop(name: PartName): Promise<void> {
  const { fleet } = started;
  if (name === 'nats' || name === 'redis' || name === 'postgres') await fleet.servers[name].kill('SIGKILL');
  else await fleet.process(name).stop();
}

async function bringBack(name: PartName): Promise<void> {
  const { fleet } = started;
  if (name === 'nats' || name === 'redis' || name === 'postgres') await fleet.servers[name].restart();
  else await fleet.process(name).restart();
}

test.each(PARTS)(
  'without %s routing answers, says what is degraded, and nothing is lost',
  {
    timeout: 150_000,
  },
  async (name, parts) => {
    const { fleet } = started;
    const routing = fleet.process('routing');
    await vi.waitFor(async () => expect((await readReadiness(routing)).status).toBe('ready'), PATIENCE);
    const logged = (await routing.logs()).length;

    await stop(name);
    try {
      await serve();
      await vi.waitFor(async () => {
        await serve();
        const { degraded, down, ...state } = await readReadiness(routing);
        expect(state).toEqual({ httpStatus: 200, status: parts.length === 0 ? 'ready' : 'degraded' });
        const others = down.filter((part) => !(AS_WELL[name] ?? []).includes(part));
        expect([others, degraded]).toEqual([parts, down]);
        const said = (await routing.logs()).slice(logged);
        for (const part of parts) expect(said).toMatch(new RegExp(`"level":"warn".*"part":"${part}"`));
      }, PATIENCE);
      await serve();
    } finally {
      await bringBack(name);
    }
    await vi.waitFor(async () => expect((await readReadiness(routing)).status).toBe('ready'), PATIENCE);
    await serve();
    const rows = await ledgerWith(fleet, { rows: answered, withinMs: 60_000 });
    expect(rows.length).toBe(answered);
    expect(new Set(rows.map(({ attempt_id }) => attempt_id)).size).toBe(answered);
  },
);
