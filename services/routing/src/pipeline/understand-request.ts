import { type ServiceError, unreachable } from '@switchyard/kernel';
import type { Envelope } from '@switchyard/llm';
import type { Division } from '../domain/experiment/divide-request.ts';
import { CAPABILITY_OF } from '../domain/operation/capability-of.ts';
import {
  type AskedFor,
  type InterpretationScope,
  interpretRequest,
} from '../domain/request/interpret-request.ts';
import type { Needs } from '../domain/request/needs.ts';
import { suggestModels } from '../domain/request/suggest-models.ts';
import type { Snapshot } from '../domain/snapshot/snapshot.ts';
import { invalidFields, modelNotFound, nobodyDoes, poolEmpty, requirementsConflict } from '../errors.ts';

/**
 * What a request asks for, once its pool and the policies have had their say.
 *
 * @throws INVALID_ARGUMENT, FAILED_PRECONDITION where what it requires and what pool or policy require exclude each other
 */
export function understandRequest(request: Envelope, scope: InterpretationScope): AskedFor {
  const interpreted = interpretRequest(request, scope);
  switch (interpreted.kind) {
    case 'understood':
      return interpreted;
    case 'invalid':
      throw invalidFields([interpreted.violation]);
    case 'conflict':
      throw requirementsConflict(interpreted.conflicts);
    default:
      return unreachable(interpreted);
  }
}

/** The error for a request whose model, or its variant's, nobody offers. */
export function nobodyOffers(
  { operation: { kind, request }, selector, tenant }: Needs,
  { snapshot, division }: { readonly snapshot: Snapshot; readonly division: Division },
): ServiceError {
  if (selector.kind === 'pool') return poolEmpty(selector.pool.id);
  if (selector.kind === 'auto') return nobodyDoes(CAPABILITY_OF[kind]);
  const { model } = division;
  const near = suggestModels(model, { tenant, snapshot });
  return modelNotFound(model, { near, insteadOf: request.model });
}
