import { setTimeout as sleep } from 'node:timers/promises';
import { textRequest } from '@switchyard/client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { queryFleet } from '../support/ledger-rows.ts';
import { SimulatorControl } from '../support/simulator-control.ts';
import { startTestFleet, type TestFleet } from '../support/test-fleet.ts';

/** From the caller's leaving to the end of the provider's call. */
const PROMISED_MS = 1_000;
/** By then an answer that is streamed has begun. */
const LEAVE_AFTER_MS = 600;

let started: TestFleet;
let control: SimulatorControl;

beforeAll(async () => {
  started = await startTestFleet({
    providers: ['primary'],
    // Calls under way are counted here: no probe is to be among them.
    processEnv: { 'health-probe': { HEALTH_PROBE_ACTIVE: 'false' } },
  });
  control = new SimulatorControl(started.fleet.simulatorUrl);
  // An answer takes six seconds: nobody waits for its end here.
  await control.setLatency('primary', { firstTokenMs: 100, perTokenMs: 500 });
});

afterAll(() => started?.[Symbol.asyncDispose]());

const request = textRequest('sim-fast', 'Tell me a long story');

/** Each asks, and gives up when the signal fires. */
const callers: Readonly<Record<string, (signal: AbortSignal) => Promise<unknown>>> = {
  'HTTP, in one piece': (signal) => askByHttp({ stream: false, signal }),
  'HTTP, streamed': (signal) => askByHttp({ stream: true, signal }),
  'gRPC, in one piece': async (signal) => started.clients[0]?.complete(request, { signal }),
  'gRPC, streamed': async (signal) => {
    for await (const _ of started.clients[0]?.stream(request, { signal }) ?? []);
  },
};

async function askByHttp({ stream, signal }: { readonly stream: boolean; readonly signal: AbortSignal }) {
  const { httpUrl, apiKey } = started.fleet;
  const answer = await fetch(`${httpUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'sim-fast',
      messages: [{ role: 'user', content: 'A long story' }],
      stream,
    }),
    signal,
  });
  return answer.text();
}

interface Booked {
  readonly line: string;
  readonly outcome: string;
  readonly amount: string | null;
  readonly estimated: boolean;
  readonly request_outcome: string;
}

async function bookingOf(attemptId: string): Promise<Booked> {
  const sql = `SELECT line, outcome, amount_nano_usd::text AS amount, estimated, request_outcome
               FROM cost_accounting.ledger WHERE attempt_id = '${attemptId}'`;
  const rows = await queryFleet<Booked & Record<string, unknown>>(started.fleet, sql);
  expect(rows.length).toBe(1);
  return rows[0] as Booked;
}

test.each(Object.keys(callers))(
  '%s: a caller that goes away ends the provider’s call within a second, and the call is booked',
  async (name) => {
    const known = (await control.attempts()).length;
    const leave = new AbortController();
    const asked = callers[name]?.(leave.signal).then(
      () => 'answered',
      () => 'left',
    );
    await expect.poll(async () => (await control.stats()).providers.primary?.inFlight).toBe(1);
    await sleep(LEAVE_AFTER_MS);
    const leftAtMs = Date.now();
    leave.abort();
    expect(await asked).toBe('left');

    const attempt = await vi.waitFor(
      async () => {
        const found = (await control.attempts()).slice(known).find(({ outcome }) => outcome === 'aborted');
        if (found === undefined) throw new Error('the provider’s call goes on');
        return found;
      },
      { timeout: 20_000, interval: 50 },
    );
    expect(attempt.endedAtUnixMs - leftAtMs).toBeLessThanOrEqual(PROMISED_MS);

    const booked = await vi.waitFor(() => bookingOf(attempt.attemptId as string), {
      timeout: 20_000,
      interval: 250,
    });
    expect(booked).toMatchObject({ outcome: 'cancelled', request_outcome: 'cancelled', estimated: true });
    // What had reached the caller is charged; what nobody saw is waste. Neither is for nothing.
    expect(booked.line).toBe(name.endsWith('streamed') ? 'charge' : 'waste');
    expect(BigInt(booked.amount ?? '0')).toBeGreaterThan(0n);
  },
);
