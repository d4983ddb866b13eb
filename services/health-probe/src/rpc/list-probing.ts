import type { ListProbingRequest, ListProbingResponse } from '@switchyard/contracts/health';
import type { UnaryHandler } from '@switchyard/service-kit';
import { compareProviders } from '../domain/provider-key.ts';
import { isVisible } from '../domain/visibility.ts';
import type { HealthTable } from '../runtime/health-table.ts';
import { type ProbingFigures, probingMessage } from './probing-message.ts';

/** Lists how the providers that the caller may see are probed, and what that has taken today. */
export function listProbing({
  table,
  ...figures
}: ProbingFigures & { readonly table: HealthTable }): UnaryHandler<ListProbingRequest, ListProbingResponse> {
  return async (_request, { principal }) => ({
    providers: [...table.records()]
      .filter((record) => isVisible(record, principal))
      .sort(compareProviders)
      .map((record) => probingMessage(record, figures)),
  });
}
