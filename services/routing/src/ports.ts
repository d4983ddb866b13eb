import type { UsageRecord } from '@switchyard/contracts/events';
import type { Decision, Strategy } from '@switchyard/contracts/routing';
import type { Clock, Random } from '@switchyard/kernel';
import type { RequestAuthorization } from '@switchyard/llm';
import type { Logger } from '@switchyard/service-kit';
import type { CacheStatistics } from './cache/cache-statistics.ts';
import type { KnownQuestion, KnownQuestions, SemanticPlace } from './cache/known-questions.ts';
import type { MemoryAnswers } from './cache/memory-answers.ts';
import type { CachedKind } from './domain/cache/cache-key.ts';
import type { ClearScope } from './domain/cache/clear-scope.ts';
import type { AgedAnswer, KeptAnswer } from './domain/cache/kept-answer.ts';
import type { EndedAssignment } from './domain/experiment/counted-variant.ts';
import type { Claim, ClaimedKey, KeyedRequest } from './domain/idempotency/claim.ts';
import type { ConfiguredProvider } from './domain/snapshot/offering.ts';
import type { RoutingEvents } from './events.ts';
import type { BudgetLeases } from './runtime/budgets/budget-leases.ts';
import type { HeldPrefixes } from './runtime/held-prefixes.ts';
import type { ProviderQuotas } from './runtime/limits/provider-quotas.ts';
import type { RuntimeRegistry } from './runtime/runtime-registry.ts';
import type { SnapshotHolder } from './runtime/snapshot-holder.ts';
import type { ProviderTransport } from './transport/provider-transport.ts';

/** Where providers' keys come from. */
export interface ProviderSecrets {
  /** Whether a provider's key is at hand. `unknown`: it has not been asked for yet. */
  stateOf(provider: ConfiguredProvider): 'ready' | 'unknown' | 'missing';
  /** A provider's key, at once where it is at hand; undefined where it cannot be had, read, or must not be sent there. */
  get(provider: ConfiguredProvider): RequestAuthorization | Promise<RequestAuthorization | undefined>;
  /** Why a provider's key is `missing`, for who configures it; undefined where it is not. */
  problemOf(provider: ConfiguredProvider): string | undefined;
}

/** Where spending is written down before and after it happens. */
export interface UsageLog {
  /** Under an id that holds already: holds in its place. @throws OUTBOX_FULL: then the attempt must not be made, and what held goes on */
  hold(attemptId: string, unresolved: UsageRecord): void;
  settle(attemptId: string, record: UsageRecord): void;
  /** Writes down what cost nothing. @throws OUTBOX_FULL */
  note(record: UsageRecord): void;
}

/** Who tells all replicas which answers are to leave their memory. */
export interface AnswerClears {
  /** @throws where they cannot be told */
  tell(scope: ClearScope): Promise<void>;
}

/** Where decisions are kept. */
export interface DecisionLog {
  record(decision: Decision): void;
}

/** Where experiments count. */
export interface ExperimentLog {
  /** Counts a request that has ended; one that its caller cancelled is left out. */
  count(ended: EndedAssignment): void;
}

/** Where idempotency keys and their answers are kept, for a day. @throws UNAVAILABLE where it is away */
export interface AnswerStore {
  claim(request: KeyedRequest): Promise<Claim>;
  /** Keeps the answer for whoever asks again. */
  keep(claimed: ClaimedKey, answer: Uint8Array): Promise<void>;
  /** There will be no answer to give again, but the key must not be charged for again. */
  giveUp(claimed: ClaimedKey): Promise<void>;
  /** Nothing was delivered: the key is free again. */
  release(claimed: ClaimedKey): Promise<void>;
  removeExpired(): Promise<'more' | 'none left'>;
}

/** Where answers are kept that replicas share. It only speeds things up: whatever goes wrong there is a miss. */
export interface SharedAnswers {
  /** False while it cannot be reached, or fails. */
  readonly isUp: boolean;
  get(question: SharedQuestion): Promise<FoundAnswer | undefined>;
  put(question: SharedQuestion, written: WrittenAnswer): void;
  /** Removes answers. @returns how many @throws where it cannot be reached: then some may be left */
  clear(scope: ClearScope): Promise<number>;
  /** How many a tenant has. @throws where it cannot be reached */
  countOf(tenant: string): Promise<number>;
}

/** An answer to be kept. */
export interface WrittenAnswer {
  readonly answer: KeptAnswer;
  /** Its response on the wire, as the message of its kind. */
  readonly bytes: Uint8Array;
}

/** An answer that was found, and its bytes on the wire. */
export interface FoundAnswer extends AgedAnswer {
  readonly bytes: number;
}

/** A question in a store of answers. */
export interface SharedQuestion {
  readonly key: string;
  readonly tenant: string;
  readonly kind: CachedKind;
}

/** Where it is kept for all replicas what questions mean. It only speeds things up: whatever goes wrong there, none is known. */
export interface SharedQuestions {
  /** Questions of a place beside those that are known. @param known their names */
  unknownOf(place: SemanticPlace, known: Iterable<string>): Promise<KnownQuestion[]>;
  put(place: SemanticPlace, question: WrittenQuestion): void;
}

/** A question to be kept. */
export interface WrittenQuestion extends Omit<KnownQuestion, 'endsAtMs'> {
  /** How long its answer is kept, in milliseconds. */
  readonly ttlMs: number;
}

/** What the pipeline stands on. */
export interface PipelineContext {
  readonly snapshots: SnapshotHolder;
  readonly runtimes: RuntimeRegistry;
  readonly quotas: ProviderQuotas;
  readonly budgets: BudgetLeases;
  readonly prefixes: HeldPrefixes;
  readonly transport: ProviderTransport;
  readonly secrets: ProviderSecrets;
  readonly usage: UsageLog;
  readonly decisions: DecisionLog;
  readonly experiments: ExperimentLog;
  readonly answers: AnswerStore;
  readonly memory: MemoryAnswers;
  readonly cacheStatistics: CacheStatistics;
  readonly clears: AnswerClears;
  /** undefined: replicas share no answers. */
  readonly shared: SharedAnswers | undefined;
  readonly questions: KnownQuestions;
  /** undefined: replicas share no answers. */
  readonly sharedQuestions: SharedQuestions | undefined;
  /** Longest that a request waits for a question that means nearly the same, in milliseconds. */
  readonly semanticWaitMs: number;
  readonly events: RoutingEvents;
  readonly clock: Clock;
  /** Draws one seed for each request. */
  readonly random: Random;
  readonly log: Logger;
  /** Id of this process. */
  readonly replica: string;
  readonly defaultStrategy: Strategy;
}
