import type { CostEstimate, EstimateCostRequest, EstimateCostResponse } from '@switchyard/contracts/routing';
import { invalidArgument } from '@switchyard/kernel';
import { chatOf } from '@switchyard/llm';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import type { Candidate, Exclusion } from '../domain/decide/candidate.ts';
import { expectedOutputTokens } from '../domain/request/cost-estimate.ts';
import { expectedCostParts } from '../domain/request/expected-cost.ts';
import type { Needs } from '../domain/request/needs.ts';
import { compareCost } from '../domain/strategies/contender.ts';
import { decideRequest } from '../pipeline/admit-request.ts';
import { askRequest } from '../pipeline/ask-request.ts';
import type { PipelineContext } from '../ports.ts';

/** Most estimates of an answer. */
const MAX_ESTIMATES = 1_000;

/** InferenceService.EstimateCost */
export const estimateCost = (
  context: PipelineContext,
): Rpc<UnaryHandler<EstimateCostRequest, EstimateCostResponse>> => ({
  permission: 'routing.complete',
  handle: async ({ request, provider }, { principal }) => {
    if (request === undefined) throw invalidArgument({ field: 'request', description: 'must be set' });
    const asked = askRequest({ operation: chatOf(request), principal }, context);
    const { needs, snapshot, choice } = decideRequest(asked, context, { stream: false, look: 'all' });
    const fitting = [...choice.ranked].sort(compareCost);
    const excluded = [...choice.excluded].sort((a, b) => compareCost(a.candidate, b.candidate));
    const considered = [...fitting.map((candidate) => ({ candidate, exclusions: [] })), ...excluded].filter(
      ({ candidate }) => provider === undefined || candidate.offering.provider.id === provider,
    );
    const listed = considered.slice(0, MAX_ESTIMATES);
    return {
      estimates: listed.map(({ candidate, exclusions }) => estimateOf(candidate, { needs, exclusions })),
      estimatesOmitted: considered.length - listed.length,
      estimatedInputTokens: needs.estimatedInputTokens,
      inputTokenBound: Number.isFinite(needs.inputTokenBound)
        ? BigInt(Math.ceil(needs.inputTokenBound))
        : undefined,
      priceVersion: snapshot.priceVersion,
    };
  },
});

function estimateOf(
  { offering, estimatedCost, maxCost }: Candidate,
  { needs, exclusions }: { readonly needs: Needs; readonly exclusions: readonly Exclusion[] },
): CostEstimate {
  const { known, unknown } = expectedCostParts(needs, offering);
  return {
    provider: offering.provider.id,
    model: offering.model,
    expectedNanoUsd: estimatedCost,
    maxNanoUsd: maxCost,
    componentsNanoUsd: Object.fromEntries(
      Object.entries(known).map(([kind, nanoUsd]) => [kind, BigInt(nanoUsd)]),
    ),
    unknownComponents: [...unknown],
    estimatedOutputTokens: expectedOutputTokens(needs, offering),
    exclusions: exclusions.map((exclusion) => ({ ...exclusion })),
    endpoint: offering.provider.endpoint?.id ?? '',
  };
}
