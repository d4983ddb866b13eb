import type { IncomingMessage } from 'node:http';
import type { FaultType } from '../faults/fault.ts';
import type { Provider } from '../provider.ts';
import type { AttemptLog } from '../stats/attempt-log.ts';
import { type EndedCall, NO_TOKENS } from '../stats/call-counter.ts';
import type { CountedCall } from '../stats/provider-counts.ts';

/** The header by which a caller's ledger and this log are joined. */
export const ATTEMPT_ID_HEADER = 'x-switchyard-attempt-id';
const MAX_ATTEMPT_ID_LENGTH = 128;

/** One generation call from its headers to its entry in the log. */
export interface Attempt {
  /** Told as soon as they are known. */
  stream: boolean;
  fault: FaultType | undefined;
  setModel(model: string): void;
  /** Once; later calls are ignored. */
  settle(end: AttemptEnd): void;
}

/** How an attempt ended. */
export type AttemptEnd = Omit<EndedCall, 'stream' | 'tokens'> & {
  readonly status?: number;
  /** Default none. */
  readonly tokens?: EndedCall['tokens'];
  /** Default 0. */
  readonly deliveredTokens?: number;
};

/** Begins to count a call. It is settled in the counts it began in, even after a reset. */
export function openAttempt(args: {
  readonly req: Pick<IncomingMessage, 'headers'>;
  readonly provider: Provider;
  readonly log: AttemptLog;
}): Attempt {
  const { req, provider, log } = args;
  const startedAtUnixMs = Date.now();
  const counts = provider.state.counts;
  const call: CountedCall = counts.begin();
  const header = req.headers[ATTEMPT_ID_HEADER];
  const attemptId = typeof header === 'string' && header.length <= MAX_ATTEMPT_ID_LENGTH ? header : undefined;
  let model: string | undefined;
  let settled = false;
  return {
    stream: false,
    fault: undefined,
    setModel(name) {
      model = name;
      call.setModel(name);
    },
    settle(end) {
      if (settled) return;
      settled = true;
      const { outcome, status, tokens = NO_TOKENS, deliveredTokens = 0, noticedAfterMs } = end;
      const noticed = noticedAfterMs !== undefined && { noticedAfterMs };
      call.end({ outcome, stream: this.stream, tokens, ...noticed });
      if (this.fault !== undefined) counts.countFault(this.fault);
      if (provider.state.counts !== counts) return;
      log.append({
        ...(attemptId !== undefined && { attemptId }),
        provider: provider.name,
        ...(model !== undefined && { model: model.slice(0, 200) }),
        stream: this.stream,
        ...(status !== undefined && { status }),
        outcome,
        ...(this.fault !== undefined && { fault: this.fault }),
        tokens,
        deliveredTokens,
        startedAtUnixMs,
        endedAtUnixMs: Date.now(),
        ...noticed,
      });
    },
  };
}
