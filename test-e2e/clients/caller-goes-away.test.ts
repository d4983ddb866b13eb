import { textRequest } from '@switchyard/client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { queryFleet } from '../support/ledger-rows.ts';
import { SimulatorControl } from '../support/simulator-control.ts';
import { startTestFleet, type TestFleet } from '../support/test-fleet.ts';
import { type Caller, leaveInTime } from './leave-in-time.ts';

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

/** Asks, tells when it has a piece of the answer, and gives up when the signal fires. */
type Ask = (signal: AbortSignal, onPiece: () => void) => Promise<unknown>;

const callers: Readonly<Record<string, Ask>> = {
  'HTTP, in one piece': async (signal) => (await askByHttp({ stream: false, signal })).text(),
  'HTTP, streamed': async (signal, onPiece) => {
    const { body } = await askByHttp({ stream: true, signal });
    let text = '';
    for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += part;
      if (/"content":"[^"]/.test(text)) onPiece();
    }
  },
  'gRPC, in one piece': async (signal) => started.clients[0]?.complete(request, { signal }),
  'gRPC, streamed': async (signal, onPiece) => {
    for await (const { event } of started.clients[0]?.stream(request, { signal }) ?? [])
      if (event?.$case === 'delta') onPiece();
  },
};

/** Has one of them ask; it leaves an answer that is streamed once it has a piece of it. */
const begin =
  (name: string, ask: Ask) =>
  (signal: AbortSignal): Caller => {
    const piece = Promise.withResolvers<void>();
    const asked = ask(signal, piece.resolve).then(
      () => 'answered',
      () => 'left',
    );
    return { asked, seen: name.endsWith('streamed') ? piece.promise : undefined };
  };

function askByHttp({ stream, signal }: { readonly stream: boolean; readonly signal: AbortSignal }) {
  const { httpUrl, apiKey } = started.fleet;
  return fetch(`${httpUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'sim-fast',
      messages: [{ role: 'user', content: 'A long story' }],
      stream,
    }),
    signal,
  });
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

test.each(Object.entries(callers))(
  '%s: a caller that goes away ends the provider’s call within a second, and the call is booked',
  async (name, ask) => {
    const leaving = { control, provider: 'primary', begin: begin(name, ask) };
    const { ended, attempt } = await leaveInTime(leaving);
    expect(ended).toBe('left');
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
