import type { BusNames } from '@switchyard/contracts';
import { CacheCleared } from '@switchyard/contracts/events';
import type { Bus, Logger } from '@switchyard/service-kit';
import type { KnownQuestions } from '../cache/known-questions.ts';
import type { MemoryAnswers } from '../cache/memory-answers.ts';
import type { ClearScope } from '../domain/cache/clear-scope.ts';
import type { AnswerClears } from '../ports.ts';

/** What telling of cleared answers stands on. */
export interface CacheClearsOptions {
  readonly bus: Bus;
  readonly names: BusNames;
  readonly memory: MemoryAnswers;
  readonly questions: KnownQuestions;
  readonly log: Logger;
}

/** Tells all replicas, this one included, which answers are to leave their memory. */
export class CacheClears implements AnswerClears {
  readonly #options: CacheClearsOptions;

  constructor(options: CacheClearsOptions) {
    this.#options = options;
    const { bus, names, memory, questions, log } = options;
    let isSubscribed = false;
    bus.onConnect((connection) => {
      // Without the bus it may have missed something.
      if (isSubscribed) {
        memory.clearAll();
        questions.clearAll();
        return;
      }
      isSubscribed = true;
      connection.subscribe(names.cacheClearedAll, {
        callback: (error, message) => {
          if (error !== null) return;
          try {
            const scope = CacheCleared.decode(message.data);
            memory.clear(scope);
            questions.clear(scope);
          } catch (thrown) {
            log.warn({ err: thrown }, 'a message about cleared answers cannot be read');
          }
        },
      });
    });
  }

  /** Returns once the bus has it. @throws where it is away */
  async tell({ tenant, model, key }: ClearScope): Promise<void> {
    const { bus, names } = this.#options;
    if (!bus.isConnected || bus.connection === undefined) throw new Error('the bus is not connected');
    bus.connection.publish(names.cacheCleared(tenant), CacheCleared.encode({ tenant, model, key }).finish());
    await bus.connection.flush();
  }
}
