import type { Fault } from './fault.ts';
import { type SendStep, type Step, sendBytes } from './step.ts';

/** What a wire format contributes to a faulty answer. */
export interface FaultPieces {
  readonly garbage: string | Uint8Array;
  readonly errorEvent: string | Uint8Array;
}

/** An answer in pieces and the fault that strikes it. */
export interface FaultedSends {
  readonly sends: Iterable<SendStep>;
  readonly fault: Fault | undefined;
  readonly pieces: () => FaultPieces;
}

/** What the transport does for an answer under a fault. A fault that comes after the last piece never strikes. */
export function* faultSteps({ sends, fault, pieces }: FaultedSends): Generator<Step> {
  switch (fault?.type) {
    case 'stall':
      return yield* fault.forMs === undefined
        ? broken({ sends, after: fault.afterChunks, ending: { kind: 'stall' } })
        : paused({ sends, after: fault.afterChunks, forMs: fault.forMs });
    case 'reset':
      return yield* broken({ sends, after: fault.afterChunks, ending: { kind: 'reset' } });
    case 'truncate': {
      const ending: Step | undefined = fault.ending === 'cut' ? { kind: 'cut' } : undefined;
      return yield* fault.afterBytes === undefined
        ? broken({ sends, after: fault.afterChunks ?? 1, ending })
        : brokenAtByte({ sends, bytes: fault.afterBytes, ending });
    }
    case 'error-event': {
      const ending = sendBytes(pieces().errorEvent);
      return yield* broken({ sends, after: fault.afterChunks ?? 1, ending });
    }
    case 'garbage':
      return yield* replaced({ sends, at: fault.afterChunks ?? 1, by: pieces().garbage });
    case 'wrong-content-type':
      yield { kind: 'spoil' };
      return yield* sends;
    default:
      return yield* sends;
  }
}

interface Break {
  readonly sends: Iterable<SendStep>;
  /** Pieces sent before; undefined: not even the head. */
  readonly after: number | undefined;
  readonly ending: Step | undefined;
}

function* broken({ sends, after, ending }: Break): Generator<Step> {
  let sent = 0;
  for (const send of sends) {
    if (sent === (after ?? 0)) {
      if (after === 0) yield { kind: 'head' };
      yield { kind: 'spoil' };
      if (ending !== undefined) yield ending;
      return;
    }
    sent += 1;
    yield send;
  }
}

function* paused(args: {
  sends: Iterable<SendStep>;
  after: number | undefined;
  forMs: number;
}): Generator<Step> {
  let sent = 0;
  for (const send of args.sends) {
    if (sent === (args.after ?? 0)) {
      if (args.after === 0) yield { kind: 'head' };
      yield { kind: 'stall', forMs: args.forMs };
    }
    sent += 1;
    yield send;
  }
}

function* brokenAtByte(args: {
  readonly sends: Iterable<SendStep>;
  readonly bytes: number;
  readonly ending: Step | undefined;
}): Generator<Step> {
  let left = args.bytes;
  for (const send of args.sends) {
    const bytes = Buffer.from(send.data as string);
    if (bytes.length <= left) {
      left -= bytes.length;
      yield send;
      continue;
    }
    yield left > 0 ? { ...send, data: bytes.subarray(0, left), delivered: 0 } : { kind: 'head' };
    yield { kind: 'spoil' };
    if (args.ending !== undefined) yield args.ending;
    return;
  }
}

function* replaced(args: {
  sends: Iterable<SendStep>;
  at: number;
  by: string | Uint8Array;
}): Generator<Step> {
  let sent = 0;
  for (const send of args.sends) {
    if (sent === args.at) {
      yield { kind: 'spoil' };
      yield { ...send, data: args.by, delivered: 0 };
    } else {
      yield send;
    }
    sent += 1;
  }
}
