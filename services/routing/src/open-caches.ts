import { connectRedis, type Foundation } from '@switchyard/service-kit';
import { AnswerCipher } from './adapters/answer-cipher.ts';
import { RedisAnswers } from './adapters/redis-answers.ts';
import { CacheClears } from './bus/cache-clears.ts';
import { CacheStatistics } from './cache/cache-statistics.ts';
import { MemoryAnswers } from './cache/memory-answers.ts';
import type { RoutingConfig } from './config.ts';
import type { RoutingEvents } from './events.ts';
import type { PipelineContext, SharedAnswers } from './ports.ts';

/** Longest that a command may take; no request waits so long. */
const COMMAND_MS = 1_000;

/** Opens the stores of answers: memory, and Redis where there is one. Nothing waits for it. */
export function openCaches(
  config: RoutingConfig,
  foundation: Foundation,
  events: RoutingEvents,
): Pick<PipelineContext, 'memory' | 'shared' | 'cacheStatistics' | 'clears'> {
  const { bus, names, clock, log } = foundation;
  const { redisUrl } = config;
  const memory = new MemoryAnswers(config.cacheBounds);
  return {
    memory,
    cacheStatistics: new CacheStatistics(clock),
    clears: new CacheClears({ bus, names, memory, log }),
    shared: redisUrl === undefined ? undefined : openShared(redisUrl, config, { foundation, events }),
  };
}

function openShared(
  url: string,
  { subjectPrefix: prefix, apiKey }: RoutingConfig,
  { foundation, events }: { readonly foundation: Foundation; readonly events: RoutingEvents },
): SharedAnswers {
  const { clock, log, stack, readiness } = foundation;
  const reads = connectRedis({ url, name: 'routing-cache-reads', commandTimeoutMs: COMMAND_MS, log });
  stack.defer(() => reads.close());
  const writes = connectRedis({ url, name: 'routing-cache-writes', commandTimeoutMs: COMMAND_MS, log });
  stack.defer(() => writes.close());
  const cipher = new AnswerCipher(apiKey, 'cached answer');
  const shared = new RedisAnswers({ reads, writes, prefix, cipher, clock, events });
  readiness.want('redis_cache', () => ({
    ok: shared.isUp,
    detail: shared.isUp ? 'up' : 'away; each replica has the answers of its own memory',
  }));
  return shared;
}
