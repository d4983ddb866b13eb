import { type handleUnaryCall, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { exchangeLeases, type LeaseExchange, leaseKeyText, WindowAccount } from '@switchyard/budget';
import {
  BoundBudget,
  GetPriceBookResponse,
  LeaseAskResult,
  LeaseServiceService,
  PriceServiceService,
  type RenewLeasesRequest,
  RenewLeasesResponse,
} from '@switchyard/contracts/cost';

/** Cost-accounting as routing knows it: exchanges of leases by the real accounts, which nobody spends from. */
export interface FakeCostAccounting extends AsyncDisposable {
  readonly address: string;
  /** What the replica told last. */
  readonly lastTold: () => RenewLeasesRequest;
  /** Puts budgets in force, each with one window from 0. Default: none, and no version, as before there were budgets. */
  setBudgets(version: string, budgets: readonly Parameters<typeof BoundBudget.fromPartial>[0][]): void;
  account(budget: number): WindowAccount;
}

export async function startFakeCostAccounting(): Promise<FakeCostAccounting> {
  const accounts = new Map<string, WindowAccount>();
  let told: RenewLeasesRequest | undefined;
  let book: { readonly version: string; readonly budgets: readonly BoundBudget[] } = {
    version: '',
    budgets: [],
  };
  const renewLeases: handleUnaryCall<RenewLeasesRequest, RenewLeasesResponse> = ({ request }, answer) => {
    told = request;
    const { leases, asks } = exchangeLeases(exchangeOf(request), { windows: accounts, replicas: 1 });
    answer(
      null,
      RenewLeasesResponse.fromPartial({
        budgetVersion: book.version,
        watermarks: request.outboxes.map(({ outboxId, lastSequence }) => ({
          outboxId,
          committedSequence: lastSequence,
        })),
        leases: leases.map(({ budget, granted, returned }) => ({
          budget: BigInt(budget),
          granted,
          returned,
        })),
        asks: asks.map((one) => {
          if (one.kind === 'granted') return { result: LeaseAskResult.GRANTED };
          if (one.kind === 'unknown') return { result: LeaseAskResult.UNKNOWN };
          const { budget, limit, spent, leased } = one.window;
          return { result: LeaseAskResult.SHORT, budget: BigInt(budget), limit, spent, leased };
        }),
      }),
    );
  };
  const server = new Server();
  server.addService(LeaseServiceService, {
    renewLeases,
    getBudgetBook: (_call: unknown, answer: (error: object | null, book?: object) => void) => {
      if (book.version === '') answer({ code: status.UNIMPLEMENTED });
      else answer(null, { ...book, downgrades: [], now: new Date() });
    },
  });
  server.addService(PriceServiceService, {
    getPriceBook: (_call: unknown, answer: (error: null, book: GetPriceBookResponse) => void) =>
      answer(null, GetPriceBookResponse.fromPartial({})),
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  return {
    address: `127.0.0.1:${port}`,
    lastTold: () => {
      if (told === undefined) throw new Error('it was told nothing');
      return told;
    },
    setBudgets: (version, partial) => {
      const budgets = partial.map((one) => BoundBudget.fromPartial({ windows: [{ startMs: 0n }], ...one }));
      for (const { number, limit } of budgets) {
        const key = leaseKeyText({ budget: Number(number), startMs: 0 });
        accounts.set(key, new WindowAccount({ isOpen: true, limit, spent: 0n, leases: new Map() }));
      }
      book = { version, budgets };
    },
    account: (budget) => {
      const account = accounts.get(leaseKeyText({ budget, startMs: 0 }));
      if (account === undefined) throw new Error('there is no such budget');
      return account;
    },
    async [Symbol.asyncDispose]() {
      server.forceShutdown();
    },
  };
}

const exchangeOf = ({ owner, leases, asks }: RenewLeasesRequest): LeaseExchange => ({
  owner,
  leases: leases.map(({ budget, windowStartMs, ...amounts }) => ({
    budget: Number(budget),
    startMs: Number(windowStartMs),
    ...amounts,
  })),
  asks: asks.map(({ lacks }) =>
    lacks.map(({ budget, windowStartMs, amount }) => ({
      budget: Number(budget),
      startMs: Number(windowStartMs),
      amount,
    })),
  ),
});
