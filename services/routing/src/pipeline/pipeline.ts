import {
  type CacheInfo,
  type CompleteResponse,
  type Cost,
  type Decision,
  DecisionOutcome,
  type Delta,
  type RouteSummary,
  type StreamCompleteResponse,
  type Timings,
  type Usage,
} from '@switchyard/contracts/routing';
import {
  chatOf,
  decodeOperation,
  type Operation,
  type OperationAnswers,
  type OperationKind,
  type PlainOperationKind,
  sumUsage,
} from '@switchyard/llm';
import { ByteBudget } from '@switchyard/service-kit';
import type { Needs } from '../domain/request/needs.ts';
import { offeringName } from '../domain/snapshot/at-endpoints.ts';
import type { PipelineContext } from '../ports.ts';
import { callForAnswer, callForStream, type StreamStep } from '../transport/call-provider.ts';
import { decideRequest } from './admit-request.ts';
import { type AskedCall, askRequest } from './ask-request.ts';
import type { Attempt } from './attempt.ts';
import { CachedPipeline } from './cached-pipeline.ts';
import { decisionRecord } from './decision-record.ts';
import { bytesOfDelta, bytesOfMessage, bytesOfWork } from './delivered-bytes.ts';
import { durationOf } from './duration-of.ts';
import { Execution } from './execution.ts';
import { race } from './hedged-race.ts';
import { IdempotentPipeline } from './idempotent-pipeline.ts';
import { leave, openStream, resume } from './open-stream.ts';
import type { OperationCall, PipelineCall } from './pipeline-call.ts';

/** A request that was answered in one piece. */
interface Answered<Kind extends OperationKind> {
  readonly execution: Execution;
  /** The one that answered. */
  readonly attempt: Attempt;
  readonly decoded: OperationAnswers[Kind];
}

/** What is known at the end of an answer. */
interface AnswerEnd {
  readonly usage: Usage | undefined;
  readonly cost: Cost;
  readonly timings: Timings;
}

/** What is told with every answer in one piece. */
export interface AnswerSummary extends AnswerEnd {
  readonly requestId: string;
  readonly route: RouteSummary | undefined;
  /** Absent where the request is not cached. */
  readonly cache: CacheInfo | undefined;
}

/** The answer of work other than chats: what the provider made, and what is told with it. */
export type PlainAnswer<Kind extends PlainOperationKind> = OperationAnswers[Kind] & AnswerSummary;

/** Most bytes of all streams that are being kept for idempotency keys. */
const KEPT_PIECES_BYTES = 128 * 1024 * 1024;

/** The one way of every request, whatever surface it came by. */
export class Pipeline {
  readonly #context: PipelineContext;
  readonly #idempotent: IdempotentPipeline;
  readonly #cached: CachedPipeline;

  constructor(context: PipelineContext) {
    this.#context = context;
    const { answers, log } = context;
    this.#idempotent = new IdempotentPipeline({ answers, pieces: new ByteBudget(KEPT_PIECES_BYTES), log });
    this.#cached = new CachedPipeline(context, (asked) => this.#work(asked));
  }

  /** Answers a chat in one piece. @throws ServiceError from the service's table */
  complete(call: PipelineCall): Promise<CompleteResponse> {
    if (call.request.idempotencyKey === '') return this.#complete(call);
    return this.#idempotent.complete(call, () => this.#complete(call));
  }

  /** Answers a request piece by piece. Leaving the iteration ends the provider's call and settles it. @throws ServiceError, at once or with the first piece */
  stream(call: PipelineCall): AsyncGenerator<StreamCompleteResponse, void, undefined> {
    if (call.request.idempotencyKey === '') return this.#stream(call);
    return this.#idempotent.stream(call, () => this.#stream(call));
  }

  async #complete({ request, principal, signal, deadlineAtMs }: PipelineCall): Promise<CompleteResponse> {
    const operation = chatOf(request);
    const asked = askRequest({ operation, principal, signal, deadlineAtMs }, this.#context);
    return this.#cached.answer(asked, (call) => this.#chat(call));
  }

  async #chat(asked: AskedCall<'chat'>): Promise<CompleteResponse> {
    const answered = await this.#answer(asked, ({ message }) => bytesOfMessage(message));
    const { message, finishReason, providerModel } = answered.decoded;
    return {
      message,
      finishReason,
      providerModel,
      replayed: false,
      ...this.#summaryOf(answered),
    };
  }

  /** Does work other than chats. @throws ServiceError from the service's table */
  async work<Kind extends PlainOperationKind>(
    kind: Kind,
    { request, ...caller }: PipelineCall<Kind>,
  ): Promise<PlainAnswer<Kind>> {
    const call: OperationCall<Kind> = { ...caller, operation: { kind, request } as Operation<Kind> };
    const ofAnyKind: OperationCall = call;
    const asked = askRequest(ofAnyKind, this.#context);
    if (kind !== 'embed') return this.#work(asked as AskedCall<Kind>);
    const vectors = await this.#cached.answer(asked as AskedCall<'embed'>, (again) => this.#work(again));
    // TypeScript does not see that the kind is known here.
    return vectors as unknown as PlainAnswer<Kind>;
  }

  async #work<Kind extends PlainOperationKind>(asked: AskedCall<Kind>): Promise<PlainAnswer<Kind>> {
    const answered = await this.#answer<Kind>(asked, bytesOfWork);
    return { ...answered.decoded, ...this.#summaryOf(answered) };
  }

  /**
   * Answers a request of any kind in one piece.
   *
   * @param bytesOf UTF-8 bytes of what is delivered: the output is estimated from them where nobody reports it
   */
  async #answer<Kind extends OperationKind>(
    call: AskedCall<Kind>,
    bytesOf: (decoded: OperationAnswers[Kind]) => number,
  ): Promise<Answered<Kind>> {
    const asked: AskedCall = call;
    const execution = new Execution(asked, this.#context, { stream: false });
    let attempt = await execution.begin();
    const ask = (asked: Attempt) =>
      callForAnswer(asked.call, (format, answer) => decodeOperation(format, call.operation, answer));
    try {
      if (execution.hedgeRules !== undefined) {
        const won = await race(attempt, { execution, open: ask, discard: ({ usage }) => usage });
        attempt = won.attempt;
        return this.#succeed({ execution, attempt, decoded: won.value }, bytesOf);
      }
      for (;;) {
        const result = await ask(attempt);
        if (result.ok) return this.#succeed({ execution, attempt, decoded: result.value }, bytesOf);
        attempt = await execution.failOver(attempt, result.error);
      }
    } finally {
      // Whatever broke off in between: a hold is always settled.
      execution.abandon(attempt);
    }
  }

  #succeed<Kind extends OperationKind>(
    answered: Answered<Kind>,
    bytesOf: (decoded: OperationAnswers[Kind]) => number,
  ): Answered<Kind> {
    const { execution, attempt, decoded } = answered;
    attempt.deliveredBytes = bytesOf(decoded);
    execution.succeed(attempt, decoded);
    return answered;
  }

  #stream({ request, ...caller }: PipelineCall): AsyncGenerator<StreamCompleteResponse, void, undefined> {
    const asked = askRequest({ ...caller, operation: chatOf(request) }, this.#context);
    return this.#cached.stream(asked, (call) => this.#streamChat(call));
  }

  async *#streamChat(asked: AskedCall<'chat'>): AsyncGenerator<StreamCompleteResponse, void, undefined> {
    const execution = new Execution(asked, this.#context, { stream: true });
    let attempt: Attempt | undefined = await execution.begin();
    if (execution.hedgeRules !== undefined) {
      const won = await race(attempt, { execution, open: openStream, discard: leave });
      attempt = yield* this.#streamAttempt(execution, won.attempt, resume(won.value));
    }
    while (attempt !== undefined)
      attempt = yield* this.#streamAttempt(execution, attempt, callForStream(attempt.call));
  }

  /** Decides without calling anyone. */
  route({ request, principal }: Pick<PipelineCall, 'request' | 'principal'>): Decision {
    const asked = askRequest({ operation: chatOf(request), principal }, this.#context);
    const { requestId, arrivedWallMs: decidedWallMs } = asked;
    const decided = decideRequest(asked, this.#context, { stream: false, look: 'all' });
    const outcome =
      decided.choice.ranked.length === 0 ? DecisionOutcome.REFUSED : DecisionOutcome.NOT_EXECUTED;
    return decisionRecord({
      requestId,
      decided,
      decidedWallMs,
      attempts: [],
      tried: [],
      outran: undefined,
      outcome,
    });
  }

  /** @returns the next attempt where this one failed and another may answer, or go on; undefined at the end */
  async *#streamAttempt(
    execution: Execution,
    attempt: Attempt,
    steps: AsyncIterable<StreamStep>,
  ): AsyncGenerator<StreamCompleteResponse, Attempt | undefined, undefined> {
    const { told } = execution;
    try {
      for await (const step of steps) {
        switch (step.kind) {
          case 'usage':
            attempt.usage = step.usage;
            break;
          case 'delta':
            execution.answerBegun(attempt);
            attempt.deliveredBytes += bytesOfDelta(step.delta);
            if (told.soFar === 'nothing') yield started(execution, attempt);
            yield* deltaOf(told.tell(step.delta));
            break;
          case 'finish': {
            execution.succeed(attempt, { usage: step.usage ?? attempt.usage });
            if (told.soFar === 'nothing') yield started(execution, attempt);
            const { finishReason, providerModel } = step;
            const continuedBy = execution.authors
              .slice(1)
              .map(({ candidate }) => offeringName(candidate.offering));
            const value = { finishReason, providerModel, continuedBy, ...this.#endOf(execution) };
            yield { event: { $case: 'finished', value } };
            return undefined;
          }
          case 'failure':
            return await execution.failOver(attempt, step.failure);
        }
      }
      return undefined;
    } finally {
      execution.abandon(attempt);
    }
  }

  #summaryOf({ execution }: Pick<Answered<OperationKind>, 'execution'>): AnswerSummary {
    const { requestId } = execution;
    return { requestId, route: execution.route, cache: undefined, ...this.#endOf(execution) };
  }

  #endOf(execution: Execution): AnswerEnd {
    const nowMs = this.#context.clock.monotonicMs();
    const { startedAtMs, authors } = execution;
    const [first] = authors;
    const usage = usageOf(authors);
    return {
      usage,
      cost: costOf(execution, usage),
      timings: {
        total: durationOf(nowMs - startedAtMs),
        firstToken: durationOf((first?.firstTokenAtMs ?? nowMs) - startedAtMs),
        overhead: durationOf(Number(first?.held.overheadUs ?? 0n) / 1000),
      },
    };
  }
}

function started(execution: Execution, { usage }: Attempt): StreamCompleteResponse {
  const { requestId, decided, route } = execution;
  const expected = usage ?? expectedUsage(decided.needs);
  const value = { requestId, route, usage: expected, replayed: false, cache: undefined };
  return { event: { $case: 'started', value } };
}

/** Before the provider has told of any use. */
const expectedUsage = ({ estimatedInputTokens }: Needs): Usage => ({
  inputTokens: estimatedInputTokens,
  estimated: true,
});

function* deltaOf(value: Delta | undefined): Generator<StreamCompleteResponse, void, undefined> {
  if (value !== undefined) yield { event: { $case: 'delta', value } };
}

/** What all who gave a part of the answer used together. */
function usageOf(authors: readonly Attempt[]): Usage | undefined {
  if (authors.length === 1) return authors[0]?.usage;
  return sumUsage(authors.flatMap(({ usage }) => usage ?? []));
}

function costOf(
  { log: { costNanoUsd, attempts }, authors, decided }: Execution,
  usage: Usage | undefined,
): Cost {
  const components: Record<string, bigint> = {};
  for (const author of authors)
    for (const [kind, nanoUsd] of Object.entries(author.components))
      components[kind] = (components[kind] ?? 0n) + nanoUsd;
  const useful = new Set(authors.map(({ id }) => id));
  const wasted = attempts.filter(({ attemptId }) => !useful.has(attemptId));
  const waste = wasted.reduce((sum, { costNanoUsd = 0n }) => sum + costNanoUsd, 0n);
  if (waste > 0n) components.waste = waste;
  return {
    totalNanoUsd: costNanoUsd,
    componentsNanoUsd: components,
    priceVersion: decided.snapshot.priceVersion,
    estimated: usage?.estimated ?? false,
  };
}
