import type { WatchProviderHealthRequest, WatchProviderHealthResponse } from '@switchyard/contracts/health';
import type { StreamHandler } from '@switchyard/service-kit';
import { providerKey } from '../domain/provider-key.ts';
import { isVisible } from '../domain/visibility.ts';
import { tooManyWatchers } from '../errors.ts';
import type { HealthTable } from '../runtime/health-table.ts';
import { type Figures, healthMessage } from './health-message.ts';

/** Most watchers of one replica. */
const MAX_WATCHERS = 1_000;

/**
 * Sends the whole table, then what changes. While the caller reads slowly its changes are kept by provider, the present state
 * each: it may miss states in between, but not the last one.
 */
export function watchProviderHealth({
  table,
  ...figures
}: Figures & { readonly table: HealthTable }): StreamHandler<
  WatchProviderHealthRequest,
  WatchProviderHealthResponse
> {
  return async function* (_request, { principal, signal }) {
    if (table.watchers >= MAX_WATCHERS) throw tooManyWatchers(MAX_WATCHERS);
    const watch = table.watch();
    const end = () => watch.end();
    signal.addEventListener('abort', end, { once: true });
    const view = (isWanted: (key: string) => boolean): WatchProviderHealthResponse => ({
      providers: [...table.records()]
        .filter((record) => isVisible(record, principal) && isWanted(providerKey(record)))
        .map((record) => healthMessage(record, figures)),
      version: table.version,
    });
    try {
      yield view(() => true);
      for (;;) {
        const changed = signal.aborted ? undefined : await watch.next();
        if (changed === undefined) return;
        yield view((key) => changed.has(key));
      }
    } finally {
      signal.removeEventListener('abort', end);
      watch.end();
    }
  };
}
