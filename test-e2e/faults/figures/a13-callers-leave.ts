import { type SwitchyardClient, textRequest } from '@switchyard/client';
import type { AttemptRecord, FaultRule } from '@switchyard/testkit/simulator';
import { allLedgerRows, type LedgerRow } from '../../support/ledger-rows.ts';
import { SimulatorControl } from '../../support/simulator-control.ts';
import { startTestFleet } from '../../support/test-fleet.ts';
import type { Figure } from '../figure.ts';
import { waitFor } from '../wait-for.ts';

const STREAMS = 1_000;
const AT_ONCE = 24;
/** Some leave just before the end, or stay: answers have 82. */
const MOST_PIECES = 86;
const BEFORE_ANSWER_MS = 50;
const PER_TOKEN_MS = 40;
const MOST_OFF = 0.01;
const CANCEL_MS = 1_000;
/** Rare enough that no breaker opens: five in a row would be one in forty thousand. */
const EACH = 0.03;
const CUTS: readonly FaultRule[] = [
  { probability: EACH, fault: { type: 'truncate', ending: 'cut', afterChunks: 12 } },
  { probability: EACH, fault: { type: 'truncate', ending: 'cut', afterChunks: 50 } },
  { probability: EACH, fault: { type: 'truncate', ending: 'clean', afterChunks: 30 } },
  { probability: EACH, fault: { type: 'error-event', afterChunks: 20 } },
];
const FORMATS = ['openai-chat', 'anthropic-messages', 'gemini'] as const;

/**
 * One in eight streams is cut by its provider. Of the others each caller leaves after a time of its own: before the answer, inside of it,
 * or just after its end. What the provider writes between a
 * caller's leaving and its own noticing may have been delivered on the way or not, and nobody else can know of it: on a busy machine that
 * is more than one token in a hundred. So what is booked must lie between what was written when the caller left and what was at the end.
 */
export const a13: Figure = {
  id: 'A13',
  what: `${STREAMS} streams in three formats cut at random by their callers or providers, against the provider's truth`,
  promised: 'exact where usage arrived, else ≤1 % in sum of what was written until they left; cancelled ≤1 s',
  timed: true,
  async measure() {
    await using started = await startTestFleet({
      providers: FORMATS.map((format) => ({ id: format, format })),
      answerTokens: 80,
      processEnv: { 'health-probe': { HEALTH_PROBE_ACTIVE: 'false' } },
    });
    const control = new SimulatorControl(started.fleet.simulatorUrl);
    await control.setLatency('*', { firstTokenMs: 20, perTokenMs: PER_TOKEN_MS });
    await control.setFaults('*', CUTS);
    const [client] = started.clients as [SwitchyardClient];
    const leftAt = await leaveAll(client);
    const truth = await waitFor(
      () => control.attempts(),
      (all) => all.length >= STREAMS * 0.9,
    );
    const rows = await waitFor(
      () => allLedgerRows(started.fleet),
      (all) => all.length >= truth.length,
    );
    return compare(truth, { booked: new Map(rows.map((row) => [row.attempt_id, row])), leftAt });
  },
};

/** @returns when each request's caller left, in Unix milliseconds, by request id */
async function leaveAll(client: SwitchyardClient): Promise<ReadonlyMap<string, number>> {
  const leftAt = new Map<string, number>();
  let next = 0;
  const work = async () => {
    while (next < STREAMS) {
      const number = next++;
      const model = `${FORMATS[number % FORMATS.length]}/sim-fast`;
      await readSome(client, { model, pieces: (number * 7) % MOST_PIECES, leftAt });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return leftAt;
}

/** Leaves after so many pieces of the answer; before the first one after a while. */
async function readSome(
  client: SwitchyardClient,
  {
    model,
    pieces,
    leftAt,
  }: { readonly model: string; readonly pieces: number; readonly leftAt: Map<string, number> },
): Promise<void> {
  const leave = new AbortController();
  if (pieces === 0) setTimeout(() => leave.abort(), BEFORE_ANSWER_MS);
  let seen = 0;
  let requestId = '';
  try {
    for await (const { event } of client.stream(textRequest(model, 'Tell me a long story'), {
      signal: leave.signal,
    })) {
      if (event?.$case === 'started') requestId = event.value.requestId;
      seen += 1;
      if (seen < pieces || pieces === 0 || leftAt.has(requestId)) continue;
      leftAt.set(requestId, performance.timeOrigin + performance.now());
      leave.abort();
    }
  } catch (error) {
    // What breaks after its first piece was cut by its provider.
    if (!leave.signal.aborted && seen === 0) throw error;
  }
}

interface Books {
  readonly booked: ReadonlyMap<string, LedgerRow>;
  readonly leftAt: ReadonlyMap<string, number>;
}

function compare(truth: readonly AttemptRecord[], { booked, leftAt }: Books) {
  const lost = truth.filter(({ attemptId = '' }) => !booked.has(attemptId)).length;
  const pairs = truth.flatMap((call) => {
    const row = booked.get(call.attemptId ?? '');
    if (row === undefined) return [];
    const over = Number(row.output_tokens ?? 0) - call.tokens.outputTokens;
    return [{ call, row, over, off: offBy(over, writtenAfter(call, leftAt.get(row.request_id))) }];
  });
  const [estimated, reported] = [
    pairs.filter(({ row }) => row.estimated),
    pairs.filter(({ row }) => !row.estimated),
  ];
  const cut = pairs.filter(({ call }) => call.outcome === 'faulted').length;
  const wrong = reported.filter(({ over }) => over !== 0).length;
  const total = estimated.reduce((sum, { call }) => sum + call.tokens.outputTokens, 0);
  const shareOf = (of: 'over' | 'off') =>
    Math.abs(estimated.reduce((sum, pair) => sum + pair[of], 0)) / Math.max(1, total);
  const [off, atEnd] = [shareOf('off'), shareOf('over')];
  const lateMs = Math.max(0, ...truth.map(({ noticedAfterMs = 0 }) => noticedAfterMs));
  return {
    measured: `${pairs.length} streams, ${cut} cut by providers; ${reported.length} reported, ${wrong} wrong; ${estimated.length} estimated, off by ${(off * 100).toFixed(2)} % (${(atEnd * 100).toFixed(2)} % with what was written until it was noticed); ${lost} lost; cancelled ≤${lateMs.toFixed(0)} ms`,
    held:
      cut > 0 && wrong === 0 && lost === 0 && estimated.length > 0 && off <= MOST_OFF && lateMs <= CANCEL_MS,
  };
}

/** Tokens that a provider wrote after its caller had left: one at the last write, and before it one at a time. */
function writtenAfter(
  { endedAtUnixMs, noticedAfterMs = 0 }: AttemptRecord,
  leftAtMs = Number.POSITIVE_INFINITY,
): number {
  const laterMs = endedAtUnixMs - noticedAfterMs - leftAtMs;
  return laterMs <= 0 ? 0 : 1 + Math.floor(laterMs / PER_TOKEN_MS);
}

/** By how much a booking misses what was written, where the last few tokens may count or not. */
const offBy = (over: number, after: number): number => (over > 0 ? over : Math.min(0, over + after));
