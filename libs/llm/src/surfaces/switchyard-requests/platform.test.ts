import { CompleteResponse, FinishReason, Role } from '@switchyard/contracts/routing';
import { ServiceError } from '@switchyard/kernel';
import { expect, test } from 'vitest';
import { decodePlatformRequest } from './decode-request.ts';
import { encodePlatformError, encodePlatformResponse } from './encode-answer.ts';
import { createPlatformStreamEncoder } from './stream-encoder.ts';

function decoded(body: unknown) {
  const result = decodePlatformRequest(body);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}
function wrong(body: unknown) {
  const result = decodePlatformRequest(body);
  return result.ok ? [] : result.error;
}
const PROMPT = { request: { prompt: 'Hi' } };

test('the whole request of the platform', () => {
  const { request, stream } = decoded({
    model_requirements: {
      capabilities: ['text_generation', 'reasoning', 'Function-Calling', 'vision'],
      max_cost_per_token: 0.00002,
      max_latency_ms: 2_000,
      data_residency: 'eu-west',
    },
    request: { prompt: 'Hi', max_tokens: 100, temperature: 0.7, stream: true },
    context: { agent_id: 'a', workflow_id: 'w', tenant_id: 't' },
  });
  expect(stream).toBe(true);
  expect(request).toMatchObject({
    model: 'auto',
    messages: [{ role: Role.USER, parts: [{ content: { value: 'Hi' } }] }],
    sampling: { maxOutputTokens: 100, temperature: 0.7 },
    requirements: {
      capabilities: ['text', 'reasoning', 'tools', 'vision'],
      maxPricePerMillionNanoUsd: 20_000_000_000n,
      maxLatencyMs: 2_000,
      residency: ['eu-west'],
    },
    context: { agent: 'a', workflow: 'w', tenant: 't' },
  });
});

test.each([
  [0.000_000_15, 150_000_000n],
  [1e-15, 1n],
  [1, 1_000_000_000_000_000n],
  [0, 0n],
])('a price of %s USD for a token keeps every digit', (price, nanoUsd) => {
  const { request } = decoded({ ...PROMPT, model_requirements: { max_cost_per_token: price } });
  expect(request.requirements?.maxPricePerMillionNanoUsd).toBe(nanoUsd);
});

test('messages are those of Chat Completions', () => {
  const messages = [
    { role: 'system', content: 'a' },
    { role: 'user', content: 'b' },
  ];
  const { request, places } = decoded({ model: 'm', request: { messages } });
  expect(request.messages.map(({ role }) => role)).toEqual([Role.SYSTEM, Role.USER]);
  expect(places).toEqual(['request.messages[0]', 'request.messages[1]']);
});

test('a capability that is not known is told with those near it', () => {
  const [found] = wrong({ ...PROMPT, model_requirements: { capabilities: ['reasonning'] } });
  expect(found?.field).toBe('model_requirements.capabilities[0]');
  expect(found?.description).toMatch(/^did you mean reasoning\?/);
});

test.each<[string, unknown]>([
  ['request', {}],
  ['request.prompt', { request: {} }],
  ['request.prompt', { request: { prompt: 'x', messages: [{ role: 'user', content: 'x' }] } }],
  ['request.messages[0].role', { request: { messages: [{ role: 'x', content: 'x' }] } }],
  ['request.logprobs', { request: { prompt: 'x', logprobs: true } }],
  ['request.temperature', { request: { prompt: 'x', temperature: 9 } }],
  ['prompt', { ...PROMPT, prompt: 'x' }],
  ['model_requirements.price', { ...PROMPT, model_requirements: { price: 1 } }],
  ['model_requirements.max_cost_per_token', { ...PROMPT, model_requirements: { max_cost_per_token: -1 } }],
  ['context.user', { ...PROMPT, context: { user: 'x' } }],
  ['context', { ...PROMPT, context: { agent_id: 'a' }, switchyard: { context: { agent: 'b' } } }],
])('named: %s', (field, body) => {
  expect(wrong(body).map((one) => one.field)).toEqual([field]);
});

test('an answer tells who, why, what it said and what it cost', () => {
  const response = CompleteResponse.fromPartial({
    requestId: 'r',
    message: { role: Role.ASSISTANT, parts: [{ content: { $case: 'text', value: 'Hello' } }] as never },
    finishReason: FinishReason.STOP,
    usage: { inputTokens: 3, outputTokens: 2 },
    cost: { totalNanoUsd: 1_500n, priceVersion: '7' },
    route: { provider: 'p', model: 'm', reason: 'cheapest', confidence: 0.9, alternatives: ['q/m'] },
  });
  expect(encodePlatformResponse(response)).toMatchObject({
    request_id: 'r',
    provider: 'p',
    model: 'm',
    reason: 'cheapest',
    confidence: 0.9,
    alternatives: ['q/m'],
    content: 'Hello',
    message: { role: 'assistant', content: 'Hello' },
    finish_reason: 'stop',
    usage: { input_tokens: 3, output_tokens: 2 },
    cost: { total_nano_usd: '1500' },
  });
});

test('a stream is started, deltas, finished; or ends with an error', () => {
  const encoder = createPlatformStreamEncoder();
  const started = encoder.encode({
    event: {
      $case: 'started',
      value: { requestId: 'r', route: undefined, usage: undefined, replayed: false, cache: undefined },
    },
  });
  const delta = encoder.encode({
    event: { $case: 'delta', value: { content: { $case: 'text', value: 'Hé' } } },
  });
  const finished = encoder.encode({
    event: {
      $case: 'finished',
      value: {
        finishReason: FinishReason.LENGTH,
        usage: undefined,
        cost: undefined,
        timings: undefined,
        providerModel: '',
        continuedBy: [],
      },
    },
  });
  expect(started).toMatch(/^event: started\ndata: \{"request_id":"r"/);
  expect(delta).toBe('event: delta\ndata: {"text":"Hé"}\n\n');
  expect(finished).toMatch(/^event: finished\ndata: .*"finish_reason":"length"/);
  const error = new ServiceError({ reason: 'BROKEN', code: 'UNAVAILABLE', publicMessage: 'It broke.' });
  expect(encoder.encodeError(error)).toMatch(/^event: error\ndata: \{"error":\{"reason":"BROKEN"/);
});

test('an error names the fields and the request', () => {
  const error = new ServiceError({
    reason: 'NO_CANDIDATE',
    code: 'FAILED_PRECONDITION',
    publicMessage: 'none fits',
    metadata: { request_id: 'r', 'p/m': 'too dear' },
    violations: [{ field: 'model_requirements', description: 'd' }],
  });
  expect(encodePlatformError(error)).toMatchObject({
    status: 400,
    body: {
      error: {
        reason: 'NO_CANDIDATE',
        request_id: 'r',
        fields: [{ field: 'model_requirements', description: 'd' }],
        metadata: { 'p/m': 'too dear' },
      },
    },
  });
});
