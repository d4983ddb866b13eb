import type { AskAnswer, LeaseAnswer, LeaseExchange, LeaseKey } from '@switchyard/budget';
import {
  type GrantedLease,
  type LeaseAskAnswer,
  LeaseAskResult,
  type RenewLeasesRequest,
} from '@switchyard/contracts/cost';
import { type FieldViolation, invalidArgument, unreachable } from '@switchyard/kernel';

const MAX_LEASES = 10_000;
const MAX_ASKS = 1_000;
const MAX_LACKS = 64;

/** Reads what a replica says of its leases; undefined where it says nothing. @throws INVALID_ARGUMENT with the field */
export function readExchange({ owner, leases, asks }: RenewLeasesRequest): LeaseExchange | undefined {
  if (leases.length > MAX_LEASES) throw tooMany('leases', MAX_LEASES);
  if (asks.length > MAX_ASKS) throw tooMany('asks', MAX_ASKS);
  if (owner === '') {
    if (leases.length + asks.length > 0)
      throw invalidArgument({ field: 'owner', description: 'is required where leases or asks are told' });
    return undefined;
  }
  return {
    owner,
    leases: leases.map(({ granted, returned, meanHold, runsLow, ...window }, i) => {
      const field = `leases[${i}]`;
      checkAmounts(field, { granted, returned, mean_hold: meanHold });
      return { ...readKey(window, field), granted, returned, meanHold, runsLow };
    }),
    asks: asks.map(({ lacks }, i) => {
      if (lacks.length > MAX_LACKS) throw tooMany(`asks[${i}].lacks`, MAX_LACKS);
      return lacks.map(({ amount, ...window }, j) => {
        const field = `asks[${i}].lacks[${j}]`;
        checkAmounts(field, { amount });
        return { ...readKey(window, field), amount };
      });
    }),
  };
}

/** What a replica is told of its leases. */
export const writeAnswer = ({
  leases,
  asks,
}: LeaseAnswer): { leases: GrantedLease[]; asks: LeaseAskAnswer[] } => ({
  leases: leases.map(({ granted, returned, ...key }) => ({ ...windowOf(key), granted, returned })),
  asks: asks.map(writeAsk),
});

function writeAsk(answer: AskAnswer): LeaseAskAnswer {
  const nothing = { budget: 0n, windowStartMs: 0n, limit: 0n, spent: 0n, leased: 0n, othersHave: false };
  switch (answer.kind) {
    case 'granted':
      return { result: LeaseAskResult.GRANTED, ...nothing };
    case 'short': {
      const { limit, spent, leased, ...key } = answer.window;
      const { othersHave } = answer;
      return { result: LeaseAskResult.SHORT, ...windowOf(key), limit, spent, leased, othersHave };
    }
    case 'unknown':
      return { result: LeaseAskResult.UNKNOWN, ...nothing, ...windowOf(answer.window) };
    default:
      return unreachable(answer);
  }
}

/** A window as messages name it. */
export const windowOf = ({ budget, startMs }: LeaseKey) => ({
  budget: BigInt(budget),
  windowStartMs: BigInt(startMs),
});

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
/** The year 9999: beyond it no calendar goes on for ever. */
const MAX_WINDOW_MS = BigInt(Date.UTC(9999, 0, 1));

function readKey(
  { budget, windowStartMs }: { readonly budget: bigint; readonly windowStartMs: bigint },
  field: string,
): LeaseKey {
  if (budget < 1n || budget > MAX_SAFE) throw invalidArgument(outOfRange(`${field}.budget`));
  if (windowStartMs < 0n || windowStartMs > MAX_WINDOW_MS)
    throw invalidArgument(outOfRange(`${field}.window_start_ms`));
  return { budget: Number(budget), startMs: Number(windowStartMs) };
}

function checkAmounts(field: string, amounts: Readonly<Record<string, bigint>>): void {
  for (const [name, amount] of Object.entries(amounts))
    if (amount < 0n) throw invalidArgument(outOfRange(`${field}.${name}`));
}

const outOfRange = (field: string): FieldViolation => ({ field, description: 'is out of range' });
const tooMany = (field: string, most: number) =>
  invalidArgument({ field, description: `must be at most ${most}` });
