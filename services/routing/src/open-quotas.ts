import { connectRedis, type Foundation } from '@switchyard/service-kit';
import { RedisQuotas } from './adapters/redis-quotas.ts';
import type { RoutingConfig } from './config.ts';
import { ProviderQuotas } from './runtime/limits/provider-quotas.ts';
import type { QuotaStore } from './runtime/limits/quota-store.ts';

/** Longest that a request waits for an answer of the store of limits. */
const ANSWER_MS = 250;
/** After this time an answer that no request waits for any more is not waited for either. */
const COMMAND_MS = 5_000;

/** Opens the limits of providers, shared where there is a Redis. Nothing waits for it. */
export function openQuotas(config: RoutingConfig, foundation: Foundation, replica: string): ProviderQuotas {
  const { clock, stack } = foundation;
  const store =
    config.redisUrl === undefined ? undefined : openStore(config.redisUrl, config, { foundation, replica });
  const quotas = new ProviderQuotas({ store, clock });
  stack.defer(() => quotas.dispose());
  return quotas;
}

function openStore(
  url: string,
  { subjectPrefix }: RoutingConfig,
  { foundation, replica }: { readonly foundation: Foundation; readonly replica: string },
): QuotaStore {
  const { log, stack, readiness } = foundation;
  const redis = connectRedis({ url, name: 'routing-limits', commandTimeoutMs: COMMAND_MS, log });
  stack.defer(() => redis.close());
  const store = new RedisQuotas({ redis, prefix: subjectPrefix, replica, answerMs: ANSWER_MS, log });
  stack.defer(() => store.dispose());
  readiness.want('redis', () => ({
    ok: store.isUp,
    detail: store.isUp ? 'up' : 'away; each replica keeps to its part of the limits',
  }));
  return store;
}
