import type { OperationRequests, PlainOperationKind } from '@switchyard/llm';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import type { AdmittedPipeline } from '../pipeline/admitted-pipeline.ts';
import type { PlainAnswer } from '../pipeline/pipeline.ts';

/** InferenceService.Embed, Rerank, Moderate: each is the pipeline's way for one kind of work. */
export const work = <Kind extends PlainOperationKind>(
  kind: Kind,
  pipeline: AdmittedPipeline,
): Rpc<UnaryHandler<OperationRequests[Kind], PlainAnswer<Kind>>> => ({
  permission: 'routing.complete',
  handle: (request, { principal, signal, deadlineAtMs }) =>
    pipeline.work(kind, { request, principal, signal, deadlineAtMs }),
});
