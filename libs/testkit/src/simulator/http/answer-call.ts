import type { Answer } from '../answer/answer.ts';
import { composeAnswer } from '../answer/compose-answer.ts';
import { extendFingerprint, fingerprintNumber, startFingerprint } from '../answer/fingerprint.ts';
import { REASONING_TOKENS, type SimulatedCall } from '../answer/simulated-call.ts';
import type { Fault } from '../faults/fault.ts';
import { faultSteps } from '../faults/fault-steps.ts';
import { type SendStep, sendFrame } from '../faults/step.ts';
import { unaryPlan } from '../faults/unary-plan.ts';
import type { LatencyOptions } from '../latency/latency-options.ts';
import { createPace } from '../latency/pace.ts';
import type { Model } from '../options/model-catalog.ts';
import { usePrompt } from '../prompt-cache/use-prompt.ts';
import type { Provider } from '../provider.ts';
import type { Frame, Stamp, WireError, WriteArgs } from '../wire/wire-format.ts';
import type { Attempt } from './attempt.ts';
import type { CallerWatch } from './caller-watch.ts';
import type { Exchange } from './exchange.ts';
import type { RequestReading } from './read-call.ts';
import { sendWireError } from './send-wire-error.ts';
import { type Played, playSteps } from './step-player.ts';

/** A call that can be answered. */
export interface Answering extends Exchange {
  readonly attempt: Attempt;
  readonly watch: CallerWatch;
  readonly reading: Extract<RequestReading, { kind: 'call' }>;
  readonly stamp: Stamp;
}

/** Composes the answer, fails if a fault says so, sends it and counts what was sent. */
export async function answerCall(args: Answering): Promise<void> {
  const { res, provider, attempt, reading, stamp } = args;
  const { call } = reading;
  const fault = provider.state.faults.pick(call, provider.state.random);
  attempt.fault = fault?.type;
  const failure = fault && failureOf({ fault, call, provider, stamp });
  if (failure !== undefined) {
    attempt.settle({ outcome: 'faulted', status: failure.status });
    return sendWireError({ res, wire: provider.wire, error: failure, stamp });
  }
  const composed = compose({ ...args, model: reading.model });
  const played = await play({ ...args, fault, composed });
  settlePlayed({ ...args, composed, played });
}

/** A fault that answers with an error status before anything is generated. */
export function failureOf(args: {
  readonly fault: Fault;
  readonly call: SimulatedCall;
  readonly provider: Provider;
  readonly stamp: Stamp;
}): WireError | undefined {
  const { fault, call, provider, stamp } = args;
  if (fault.type === 'error-event' && !call.stream) return provider.wire.failure(fault, stamp);
  if (fault.type !== 'status') return undefined;
  const error = provider.wire.failure(fault, stamp);
  if (fault.body === undefined) return error;
  const body = typeof fault.body === 'string' ? fault.body : JSON.stringify(fault.body);
  return { ...error, body };
}

/** What a call is answered. */
export function compose(
  args: Pick<Answering, 'provider' | 'context' | 'reading'> & { readonly model: Model },
): Answer {
  const { provider, context, model } = args;
  const { call } = args.reading;
  const promptUse = usePrompt({
    model: call.model,
    pieces: call.prompt,
    style: provider.wire.cacheStyle,
    cache: call.caching === 'none' ? { mode: 'off' } : provider.cache,
    nowMs: context.nowMs(),
  });
  return composeAnswer({
    call,
    seed: seedOf(call),
    reasoningTokens: reasoningTokensOf(call, model),
    maxOutputTokens: Math.min(call.maxOutputTokens ?? model.maxOutputTokens, model.maxOutputTokens),
    answerTokens: provider.answerTokens,
    promptUse,
  });
}

function play(
  args: Answering & { readonly fault: Fault | undefined; readonly composed: Answer },
): Promise<Played> {
  const { res, watch, provider, context, reading, stamp, fault, composed } = args;
  const { wire, state } = provider;
  const write: WriteArgs = {
    answer: composed,
    stamp,
    usage: fault?.type === 'omit-usage' ? 'omit' : 'report',
  };
  const plan = reading.call.stream
    ? {
        steps: faultSteps({
          sends: sendsOf(reading.writer.stream(write)),
          fault,
          pieces: () => ({
            garbage: wire.garbageFrame,
            errorEvent: fault?.type === 'error-event' ? wire.errorFrame(fault, stamp) : '',
          }),
        }),
        length: undefined,
      }
    : unaryPlan({ body: reading.writer.unary(write), fault, ...composed.usage });
  const { streamContentType, unaryContentType = wire.jsonContentType } = reading.writer;
  const ownType = reading.call.stream ? streamContentType : unaryContentType;
  const contentType =
    fault?.type === 'wrong-content-type' ? (fault.contentType ?? 'text/html; charset=utf-8') : ownType;
  const latency = [state.latency, ...(fault?.type === 'delay' ? [fault] : [])];
  return playSteps({
    res,
    watch,
    head: { status: 200, headers: headersOf({ wire, stamp, contentType, length: plan.length }) },
    steps: plan.steps,
    ...(latency.some(takesTime) && { pace: createPace(latency, state.random) }),
    ...(fault?.type === 'slow-bytes' && { bytesPerSecond: fault.bytesPerSecond ?? 100 }),
    nowMs: context.nowMs,
  });
}

/** What is billed follows from what was sent; a fault before the first byte costs nothing. */
function settlePlayed(args: Answering & { readonly composed: Answer; readonly played: Played }): void {
  const { res, attempt, watch, composed, played, context } = args;
  const outcome = played.spoiled ? 'faulted' : watch.gone ? 'aborted' : 'complete';
  const { tokens: outputTokens, reasoningTokens, delivered: deliveredTokens } = played;
  attempt.settle({
    outcome,
    ...(played.headSent && { status: res.statusCode }),
    ...((played.headSent || outcome === 'aborted') && {
      tokens: { ...composed.usage, outputTokens, reasoningTokens },
    }),
    deliveredTokens,
    ...(outcome === 'aborted' && { noticedAfterMs: context.nowMs() - played.lastWriteMs }),
  });
}

function* sendsOf(frames: Iterable<Frame>): Generator<SendStep> {
  for (const frame of frames) yield sendFrame(frame);
}

function headersOf(args: {
  readonly wire: Provider['wire'];
  readonly stamp: Stamp;
  readonly contentType: string;
  /** Absent: a stream. */
  readonly length: number | undefined;
}): Record<string, string> {
  const { wire, stamp, contentType, length } = args;
  return {
    'content-type': contentType,
    ...(length === undefined ? { 'cache-control': 'no-cache' } : { 'content-length': String(length) }),
    'x-simulated-by': 'switchyard',
    ...wire.headers(stamp),
  };
}

/** The same model and prompt get the same answer, streamed or not. */
function seedOf(call: SimulatedCall): number {
  let fingerprint = extendFingerprint(startFingerprint(), call.model);
  for (const piece of call.prompt) fingerprint = extendFingerprint(fingerprint, piece.text);
  return fingerprintNumber(fingerprint);
}

function reasoningTokensOf({ reasoning }: SimulatedCall, model: Model): number {
  if (reasoning.kind === 'tokens') return reasoning.tokens;
  return model.reasoning === 'always' ? REASONING_TOKENS.medium : 0;
}

function takesTime({ firstTokenMs = 0, perTokenMs = 0 }: LatencyOptions): boolean {
  return firstTokenMs !== 0 || perTokenMs !== 0;
}
