import type { GetDecisionRequest, GetDecisionResponse } from '@switchyard/contracts/routing';
import { invalidArgument } from '@switchyard/kernel';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import type { DecisionRecorder } from '../adapters/decision-recorder.ts';
import type { PostgresDecisions } from '../adapters/postgres-decisions.ts';
import { decisionNotFound } from '../errors.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** InferenceService.GetDecision. A tenant's key reads its tenant's decisions, a key of the installation every tenant's. */
export const getDecision = (
  store: PostgresDecisions,
  recorder: DecisionRecorder,
): Rpc<UnaryHandler<GetDecisionRequest, GetDecisionResponse>> => ({
  permission: 'routing.read',
  handle: async ({ requestId }, { principal: { tenant, installation } }) => {
    if (!UUID.test(requestId)) {
      throw invalidArgument({
        field: 'request_id',
        description: 'must be the request_id of an answer, a UUID in lower case',
      });
    }
    const decision = installation
      ? (recorder.peekOfAny(requestId) ?? (await store.findOfAny(requestId)))
      : (recorder.peek(tenant, requestId) ?? (await store.find(tenant, requestId)));
    if (decision === undefined) throw decisionNotFound(requestId);
    return { decision };
  },
});
