import type { Operation, OperationKind } from '@switchyard/llm';
import { expect, test } from 'vitest';
import { CAPABILITY_OF } from '../src/domain/operation/capability-of.ts';
import { attemptSpan } from '../src/pipeline/attempt-span.ts';
import { offering } from './domain/offerings.ts';

const KNOWN: Readonly<Record<string, string>> = {
  chat: 'chat',
  embed: 'embeddings',
  draw: 'generate_content',
  speak: 'generate_content',
};

test.each(Object.keys(CAPABILITY_OF) as OperationKind[])(
  'the span of %s is named by what is done, and by the model',
  (kind) => {
    const { name, attributes } = attemptSpan(
      { offering: offering({ provider: 'p', model: 'm' }) },
      { operation: { kind } as Operation },
    );
    const operation = KNOWN[kind] ?? kind;
    expect(name).toBe(`${operation} m`);
    expect(attributes).toMatchObject({
      'gen_ai.operation.name': operation,
      'gen_ai.request.model': 'm',
      'switchyard.provider': 'p',
    });
  },
);

test.each([
  ['amazon-bedrock', 'aws.bedrock'],
  ['azure', 'azure.ai.openai'],
  ['google', 'gcp.gemini'],
  ['google-vertex', 'gcp.vertex_ai'],
  ['mistral', 'mistral_ai'],
  ['xai', 'x_ai'],
  ['watsonx', 'ibm.watsonx.ai'],
  ['anthropic', 'anthropic'],
  ['together', 'together'],
])('%s is told as %s', (catalogId, name) => {
  const found = offering({ provider: 'p', model: 'm' });
  const { attributes } = attemptSpan(
    { offering: { ...found, provider: { ...found.provider, catalogId } } },
    { operation: { kind: 'chat' } as Operation },
  );
  expect(attributes['gen_ai.provider.name']).toBe(name);
});
