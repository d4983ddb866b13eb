import type { Usage } from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import { type CallFailure, callForStream, type StreamStep } from '../transport/call-provider.ts';
import type { Attempt } from './attempt.ts';

/** A stream that has begun to answer. */
export interface OpenedStream {
  /** Its first piece, or its end. */
  readonly head: StreamStep;
  readonly rest: AsyncGenerator<StreamStep, void, undefined>;
}

/** Calls the provider and waits for the first piece of its answer. */
export async function openStream(attempt: Attempt): Promise<Result<OpenedStream, CallFailure>> {
  const rest = callForStream(attempt.call);
  for await (const head of unended(rest)) {
    if (head.kind === 'failure') return err(head.failure);
    if (head.kind !== 'usage') return ok({ head, rest });
    attempt.usage = head.usage;
  }
  throw new TypeError('a streamed call ended without its end');
}

/** Goes on with a stream that has begun. */
export async function* resume({ head, rest }: OpenedStream): AsyncGenerator<StreamStep, void, undefined> {
  try {
    yield head;
    yield* rest;
  } finally {
    await rest.return();
  }
}

/** Leaves a stream that has begun. @returns what it has reported so far */
export async function leave({ head, rest }: OpenedStream, attempt: Attempt): Promise<Usage | undefined> {
  await rest.return();
  return head.kind === 'finish' ? (head.usage ?? attempt.usage) : attempt.usage;
}

/** The same steps; leaving the iteration leaves the stream open. */
const unended = (steps: AsyncGenerator<StreamStep, void, undefined>): AsyncIterable<StreamStep> => ({
  [Symbol.asyncIterator]: () => ({ next: () => steps.next() }),
});
