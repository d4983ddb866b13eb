import { type SwitchyardClient, textRequest } from '@switchyard/client';
import type { AttemptRecord } from '@switchyard/testkit/simulator';
import { allLedgerRows, type LedgerRow } from '../../support/ledger-rows.ts';
import { SimulatorControl } from '../../support/simulator-control.ts';
import { startTestFleet } from '../../support/test-fleet.ts';
import type { Figure } from '../figure.ts';
import { waitFor } from '../wait-for.ts';

const ABORTS = 1_000;
const AT_ONCE = 24;
/** Some leave just before the end, or stay: answers have 82. */
const MOST_PIECES = 86;
const BEFORE_ANSWER_MS = 50;
const MOST_OFF = 0.01;
const CANCEL_MS = 1_000;
const FORMATS = ['openai-chat', 'anthropic-messages', 'gemini'] as const;

/** Each leaves after a time of its own: before the answer, inside of it, or just after its end. */
export const a13: Figure = {
  id: 'A13',
  what: `${ABORTS} callers leave at random, of streams in three formats, against the provider's truth`,
  promised: 'exact where usage arrived, else ≤1 % in sum; cancelled ≤1 s',
  timed: true,
  async measure() {
    await using started = await startTestFleet({
      providers: FORMATS.map((format) => ({ id: format, format })),
      answerTokens: 80,
      processEnv: { 'health-probe': { HEALTH_PROBE_ACTIVE: 'false' } },
    });
    const control = new SimulatorControl(started.fleet.simulatorUrl);
    await control.setLatency('*', { firstTokenMs: 20, perTokenMs: 40 });
    const [client] = started.clients as [SwitchyardClient];
    await leaveAll(client);
    const truth = await waitFor(
      () => control.attempts(),
      (all) => all.length >= ABORTS * 0.9,
    );
    const rows = await waitFor(
      () => allLedgerRows(started.fleet),
      (all) => all.length >= truth.length,
    );
    return compare(truth, new Map(rows.map((row) => [row.attempt_id, row])));
  },
};

async function leaveAll(client: SwitchyardClient): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < ABORTS) {
      const number = next++;
      const model = `${FORMATS[number % FORMATS.length]}/sim-fast`;
      await readSome(client, { model, pieces: (number * 7) % MOST_PIECES });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** Leaves after so many pieces of the answer; before the first one after a while. */
async function readSome(
  client: SwitchyardClient,
  { model, pieces }: { readonly model: string; readonly pieces: number },
): Promise<void> {
  const leave = new AbortController();
  if (pieces === 0) setTimeout(() => leave.abort(), BEFORE_ANSWER_MS);
  let seen = 0;
  try {
    for await (const _ of client.stream(textRequest(model, 'Tell me a long story'), {
      signal: leave.signal,
    })) {
      seen += 1;
      if (seen === pieces) leave.abort();
    }
  } catch (error) {
    if (!leave.signal.aborted) throw error;
  }
}

function compare(truth: readonly AttemptRecord[], booked: ReadonlyMap<string, LedgerRow>) {
  const lost = truth.filter(({ attemptId = '' }) => !booked.has(attemptId)).length;
  const pairs = truth.flatMap((call) => {
    const row = booked.get(call.attemptId ?? '');
    return row === undefined
      ? []
      : [{ call, row, off: Number(row.output_tokens ?? 0) - call.tokens.outputTokens }];
  });
  const [estimated, reported] = [
    pairs.filter(({ row }) => row.estimated),
    pairs.filter(({ row }) => !row.estimated),
  ];
  const wrong = reported.filter(({ off }) => off !== 0).length;
  const total = estimated.reduce((sum, { call }) => sum + call.tokens.outputTokens, 0);
  const off = Math.abs(estimated.reduce((sum, pair) => sum + pair.off, 0)) / Math.max(1, total);
  const lateMs = Math.max(0, ...truth.map(({ noticedAfterMs = 0 }) => noticedAfterMs));
  return {
    measured: `${reported.length} reported, ${wrong} wrong; ${estimated.length} estimated, off by ${(off * 100).toFixed(2)} %; ${lost} lost; cancelled ≤${lateMs.toFixed(0)} ms`,
    held: wrong === 0 && lost === 0 && estimated.length > 0 && off <= MOST_OFF && lateMs <= CANCEL_MS,
  };
}
