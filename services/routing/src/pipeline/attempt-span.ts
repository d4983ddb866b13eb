import type { Attributes } from '@opentelemetry/api';
import type { OperationKind } from '@switchyard/llm';
import type { RankedCandidate } from '../domain/decide/decide.ts';
import type { Needs } from '../domain/request/needs.ts';

/**
 * Kinds of work as OpenTelemetry's GenAI semantic conventions call them; those that these do not know by names of the same form.
 * Source: https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai/#gen-ai-operation-name
 */
const OPERATION_NAMES: Readonly<Record<OperationKind, string>> = {
  chat: 'chat',
  embed: 'embeddings',
  rerank: 'rerank',
  moderate: 'moderate',
  draw: 'generate_content',
  speak: 'generate_content',
  transcribe: 'transcribe',
};

/** What is known of an attempt when it begins, as its span tells it: named by what is done and by the model. */
export function attemptSpan(
  { offering: { model, provider } }: Pick<RankedCandidate, 'offering'>,
  { operation }: Pick<Needs, 'operation'>,
): { readonly name: string; readonly attributes: Attributes } {
  const operationName = OPERATION_NAMES[operation.kind];
  return {
    name: `${operationName} ${model}`,
    attributes: {
      'gen_ai.operation.name': operationName,
      'gen_ai.provider.name': provider.catalogId,
      'gen_ai.request.model': model,
      'switchyard.provider': provider.id,
      'switchyard.endpoint': provider.endpoint?.id ?? '',
    },
  };
}
