import { CompleteRequest, EmbedRequest, FinishReason, Role } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { answer, decodeStream, fixturesOf, summary, WALL_NOW_MS } from '../testing/fixtures.ts';
import { azureOpenai } from './azure-openai.ts';
import { azureOpenaiDeployments } from './azure-openai-deployments.ts';

const fixtures = fixturesOf('azure-openai');
const parts = [{ content: { $case: 'text', value: 'Hi' } as const }];
const input = {
  request: CompleteRequest.fromPartial({ messages: [{ role: Role.USER, parts }] }),
  model: 'my deployment/eu',
  maxOutputTokens: undefined,
  stream: false,
};

test('the deployment is the model, or stands in the path', () => {
  const body = '{"model":"my deployment/eu","messages":[{"role":"user","content":"Hi"}]}';
  const headers = { 'content-type': 'application/json' };
  expect(azureOpenai.encodeRequest(input)).toEqual({
    ok: true,
    value: { path: '/chat/completions', query: undefined, headers, body },
  });
  expect(azureOpenaiDeployments.encodeRequest(input)).toEqual({
    ok: true,
    value: {
      path: '/deployments/my%20deployment%2Feu/chat/completions',
      query: 'api-version=2024-10-21',
      headers,
      body,
    },
  });
});

// https://learn.microsoft.com/azure/ai-services/openai/reference#embeddings
test('vectors are asked for by the same two addresses', () => {
  const request = EmbedRequest.fromPartial({ inputs: parts });
  const asked = { request, model: 'my deployment/eu' };
  expect(azureOpenai.operations?.embed?.encodeRequest(asked)).toMatchObject({
    value: { path: '/embeddings', query: undefined },
  });
  expect(azureOpenaiDeployments.operations?.embed?.encodeRequest(asked)).toMatchObject({
    value: {
      path: '/deployments/my%20deployment%2Feu/embeddings',
      query: 'api-version=2024-10-21',
    },
  });
});

test.each([azureOpenai, azureOpenaiDeployments])('$id shows its key as api-key', ({ authStyle }) => {
  expect(authStyle).toBe('api-key');
});

test('a stream begins with what the filters found, and may end by one', () => {
  const decoder = azureOpenai.createStreamDecoder({ wallNowMs: WALL_NOW_MS });
  const events = decodeStream(decoder, fixtures.bytes('stream.sse'));
  expect(summary(events)).toEqual(['text Color', 'usage', 'finish']);
  expect(events.at(-1)).toMatchObject({
    finishReason: FinishReason.CONTENT_FILTER,
    providerModel: 'gpt-35-turbo',
    usage: { inputTokens: 9, outputTokens: 1 },
  });
});

test('a prompt that a filter stopped may be taken elsewhere', () => {
  const error = azureOpenai.classifyError(
    answer({ status: 400, body: fixtures.json('filtered-prompt.json') }),
  );
  expect(error).toMatchObject({ class: 'content_filter', retryable: true, providerCode: 'content_filter' });
});
