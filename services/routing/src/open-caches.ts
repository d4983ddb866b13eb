import { connectRedis, type Foundation } from '@switchyard/service-kit';
import { AnswerCipher } from './adapters/answer-cipher.ts';
import { RedisAnswers } from './adapters/redis-answers.ts';
import { RedisPlaces } from './adapters/redis-places.ts';
import { RedisQuestions } from './adapters/redis-questions.ts';
import { RedisReads } from './adapters/redis-reads.ts';
import { CacheClears } from './bus/cache-clears.ts';
import { CacheStatistics } from './cache/cache-statistics.ts';
import { KnownQuestions } from './cache/known-questions.ts';
import { MemoryAnswers } from './cache/memory-answers.ts';
import type { RoutingConfig } from './config.ts';
import type { RoutingEvents } from './events.ts';
import type { PipelineContext } from './ports.ts';
import { HeldPrefixes } from './runtime/held-prefixes.ts';

/** Longest that a command may take; no request waits so long. */
const COMMAND_MS = 1_000;

/** How much of the memory for answers what is known of their questions may take besides: a vector is small beside its answer. */
const QUESTIONS_SHARE = 1 / 2;
/** All vectors of the largest scope fit. */
const LEAST_QUESTION_BYTES = 4 * 1024 * 1024;

type Caches = Pick<
  PipelineContext,
  | 'memory'
  | 'shared'
  | 'questions'
  | 'sharedQuestions'
  | 'semanticWaitMs'
  | 'cacheStatistics'
  | 'clears'
  | 'prefixes'
>;

/** Opens the stores of answers, memory, and Redis where there is one, and what is known of providers' own caches. Nothing waits for it. */
export function openCaches(config: RoutingConfig, foundation: Foundation, events: RoutingEvents): Caches {
  const { bus, names, clock, log } = foundation;
  const { redisUrl, cacheBounds, semanticWaitMs } = config;
  const memory = new MemoryAnswers(cacheBounds);
  const maxBytes = Math.max(LEAST_QUESTION_BYTES, cacheBounds.maxBytes * QUESTIONS_SHARE);
  const questions = new KnownQuestions({ maxBytes });
  return {
    memory,
    questions,
    prefixes: new HeldPrefixes(),
    semanticWaitMs,
    cacheStatistics: new CacheStatistics(clock),
    clears: new CacheClears({ bus, names, memory, questions, log }),
    ...(redisUrl === undefined
      ? { shared: undefined, sharedQuestions: undefined }
      : openShared(redisUrl, config, { foundation, events })),
  };
}

function openShared(
  url: string,
  { subjectPrefix, apiKey }: RoutingConfig,
  { foundation, events }: { readonly foundation: Foundation; readonly events: RoutingEvents },
): Pick<Caches, 'shared' | 'sharedQuestions'> {
  const { clock, log, stack, readiness } = foundation;
  const connection = connectRedis({ url, name: 'routing-cache-reads', commandTimeoutMs: COMMAND_MS, log });
  stack.defer(() => connection.close());
  const writes = connectRedis({ url, name: 'routing-cache-writes', commandTimeoutMs: COMMAND_MS, log });
  stack.defer(() => writes.close());
  const stores = {
    reads: new RedisReads(connection, clock),
    writes,
    places: new RedisPlaces(subjectPrefix),
    clock,
  };
  const shared = new RedisAnswers({ ...stores, cipher: new AnswerCipher(apiKey, 'cached answer'), events });
  readiness.want('redis_cache', () => ({
    ok: shared.isUp,
    detail: shared.isUp ? 'up' : 'away; each replica has the answers of its own memory',
  }));
  const cipher = new AnswerCipher(apiKey, 'vector of a question');
  return { shared, sharedQuestions: new RedisQuestions({ ...stores, cipher }) };
}
