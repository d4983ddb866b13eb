import type { OperationRequests, PlainOperationKind } from '@switchyard/llm';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import type { AdmittedPipeline } from '../pipeline/admitted-pipeline.ts';
import type { PlainAnswer } from '../pipeline/pipeline.ts';

const work = <Kind extends PlainOperationKind>(
  kind: Kind,
  pipeline: AdmittedPipeline,
): Rpc<UnaryHandler<OperationRequests[Kind], PlainAnswer<Kind>>> => ({
  permission: 'routing.complete',
  handle: (request, { principal, signal, deadlineAtMs }) =>
    pipeline.work(kind, { request, principal, signal, deadlineAtMs }),
});

/** InferenceService.Embed, Rerank, Moderate, GenerateImages, Speak, Transcribe: each is the pipeline's way for one kind of work. */
export const workHandlers = (pipeline: AdmittedPipeline) => ({
  embed: work('embed', pipeline),
  rerank: work('rerank', pipeline),
  moderate: work('moderate', pipeline),
  generateImages: work('draw', pipeline),
  speak: work('speak', pipeline),
  transcribe: work('transcribe', pipeline),
});
