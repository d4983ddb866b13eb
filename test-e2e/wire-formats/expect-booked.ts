import type { Usage } from '@switchyard/contracts/routing';
import type { RunningFleet } from '@switchyard/deploy';
import type { Prices } from '@switchyard/llm';
import type { AttemptRecord, TokenCounts } from '@switchyard/testkit/simulator';
import { expect } from 'vitest';
import { type LedgerRow, ledgerRows } from '../support/ledger-rows.ts';
import { SimulatorControl } from '../support/simulator-control.ts';
import { expectedCost } from './expected-cost.ts';

/** What an answer says of itself, by whichever door it came. */
export interface Told {
  readonly requestId: string;
  readonly usage: Usage | undefined;
  readonly costNanoUsd: bigint | undefined;
}

/** One answered request, as the provider and as the ledger know it. */
export interface Booked {
  readonly truth: AttemptRecord;
  readonly row: LedgerRow;
}

/** Finds the one ledger row of a request, and by its attempt id the simulator's own record. */
export async function findBooked(fleet: RunningFleet, requestId: string): Promise<Booked> {
  let rows: LedgerRow[] = [];
  await expect
    .poll(
      async () => {
        rows = (await ledgerRows(fleet)).filter((row) => row.request_id === requestId);
        return rows.length;
      },
      { timeout: 30_000, interval: 50 },
    )
    .toBe(1);
  const [row] = rows as [LedgerRow];
  const served = await new SimulatorControl(fleet.simulatorUrl).attempts();
  const [truth, ...others] = served.filter(({ attemptId }) => attemptId === row.attempt_id);
  if (truth === undefined || others.length > 0) throw new Error(`no single attempt ${row.attempt_id}`);
  return { truth, row };
}

/** What the provider's record makes of the bill. */
export interface Billed {
  /** Its counts, as far as its format tells them. */
  readonly tokens: TokenCounts;
  readonly prices: Prices;
}

/** Answer, ledger and simulator agree: every count, and the cost at the provider's prices to the nano-USD. */
export async function expectBooked(
  fleet: RunningFleet,
  told: Told,
  billedOf: (truth: AttemptRecord) => Billed,
): Promise<Booked> {
  const booked = await findBooked(fleet, told.requestId);
  const { truth, row } = booked;
  const { tokens, prices } = billedOf(truth);
  const counts = countsOf(tokens);
  expect(told.usage?.estimated).toBe(false);
  expect(countsToldBy(told.usage)).toEqual(counts);
  expect(row).toMatchObject({ line: 'charge', outcome: 'ok', provider: truth.provider, estimated: false });
  expect(countsInRow(row)).toEqual({ ...counts, cacheWrite1h: tokens.cacheWrite1hTokens });
  const cost = expectedCost(tokens, prices);
  expect({ told: told.costNanoUsd, booked: BigInt(row.amount_nano_usd ?? -1) }).toEqual({
    told: cost,
    booked: cost,
  });
  return booked;
}

const countsOf = (tokens: TokenCounts) => ({
  input: tokens.inputTokens,
  cacheRead: tokens.cachedInputTokens,
  cacheWrite: tokens.cacheWrite5mTokens + tokens.cacheWrite1hTokens,
  output: tokens.outputTokens,
  reasoning: tokens.reasoningTokens,
});

/** Kinds that a provider does not know, or leaves out where there are none, were none. */
const countsToldBy = (usage: Usage | undefined) => ({
  input: usage?.inputTokens,
  cacheRead: usage?.cacheReadTokens ?? 0,
  cacheWrite: usage?.cacheWriteTokens ?? 0,
  output: usage?.outputTokens,
  reasoning: usage?.reasoningTokens ?? 0,
});

const countsInRow = (row: LedgerRow) => ({
  input: Number(row.input_tokens),
  cacheRead: Number(row.cache_read_tokens),
  cacheWrite: Number(row.cache_write_tokens),
  cacheWrite1h: Number(row.cache_write_1h_tokens),
  output: Number(row.output_tokens),
  reasoning: Number(row.reasoning_tokens),
});
