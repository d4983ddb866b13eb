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

/**
 * Providers that the conventions know, by their ids in the catalog; others are told by those.
 * Source: https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai/#gen-ai-provider-name
 */
const PROVIDER_NAMES: ReadonlyMap<string, string> = new Map([
  ['amazon-bedrock', 'aws.bedrock'],
  ['azure', 'azure.ai.openai'],
  ['azure-ai', 'azure.ai.inference'],
  ['google', 'gcp.gemini'],
  ['google-vertex', 'gcp.vertex_ai'],
  ['google-vertex-anthropic', 'gcp.vertex_ai'],
  ['mistral', 'mistral_ai'],
  ['watsonx', 'ibm.watsonx.ai'],
  ['xai', 'x_ai'],
]);

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
      'gen_ai.provider.name': PROVIDER_NAMES.get(provider.catalogId) ?? provider.catalogId,
      'gen_ai.request.model': model,
      'switchyard.provider': provider.id,
      'switchyard.endpoint': provider.endpoint?.id ?? '',
    },
  };
}
