import { createHash } from 'node:crypto';
import type { RunningFleet } from '@switchyard/deploy';
import type { AttemptRecord, TokenCounts } from '@switchyard/testkit/simulator';
import { allLedgerRows, type LedgerRow, queryFleet } from './ledger-rows.ts';

/** Prices of sim-openai's sim-fast in nano-USD per token, as the catalog has them: whole numbers, so nothing is rounded. */
export const priceOf = ({ inputTokens, cachedInputTokens, outputTokens }: TokenCounts): bigint =>
  BigInt((inputTokens - cachedInputTokens) * 100 + cachedInputTokens * 10 + outputTokens * 400);

/** The whole ledger in one number, the same for the same entries in whatever order they came. */
export async function hashOfLedger(fleet: RunningFleet): Promise<string> {
  const rows = await queryFleet<{ row: string }>(
    fleet,
    'SELECT l::text AS row FROM cost_accounting.ledger AS l ORDER BY outbox_id, sequence',
  );
  const hash = createHash('sha256');
  for (const { row } of rows) hash.update(`${row}\n`);
  return hash.digest('hex');
}

/** How the ledger compares with what the providers served. */
export interface Agreement {
  /** Entries of the ledger. */
  readonly entries: number;
  /** Calls that a provider served and the ledger has not. */
  readonly lost: number;
  /** Entries beyond the first of a call. */
  readonly twice: number;
  /** Charges with other amounts or tokens than the provider counted. */
  readonly wrong: number;
  /** Calls under way when their process was killed, booked at what was held. */
  readonly unresolved: number;
}

/** Compares every entry with the provider's own count, by the id that the provider was given. */
export async function compareWithTruth(
  fleet: RunningFleet,
  served: readonly AttemptRecord[],
): Promise<Agreement> {
  const rows = await allLedgerRows(fleet);
  const byAttempt = new Map(rows.map((row) => [row.attempt_id, row]));
  const truth = served.filter(({ status, attemptId }) => status === 200 && attemptId !== undefined);
  const found = truth.map((call) => ({ call, row: byAttempt.get(call.attemptId as string) }));
  return {
    entries: rows.length,
    lost: found.filter(({ row }) => row === undefined).length,
    twice: rows.length - byAttempt.size,
    wrong: found.filter(({ call, row }) => row !== undefined && isWrong(row, call.tokens)).length,
    unresolved: rows.filter(({ line }) => line === 'unresolved').length,
  };
}

/** A hold is an upper bound: an answer above it is wrong by that alone. */
const isWrong = (row: LedgerRow, tokens: TokenCounts): boolean =>
  row.line === 'overdraft' || (row.line === 'charge' && !isRight(row, tokens));

const isRight = (row: LedgerRow, tokens: TokenCounts): boolean =>
  BigInt(row.amount_nano_usd ?? -1) === priceOf(tokens) &&
  Number(row.input_tokens) === tokens.inputTokens &&
  Number(row.output_tokens) === tokens.outputTokens;
