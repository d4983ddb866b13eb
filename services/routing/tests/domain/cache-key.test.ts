import {
  CompleteRequest,
  EmbedRequest,
  RequestPriority,
  Requirements,
  ResponseFormat_Kind,
  Role,
  Strategy,
  ToolChoice_Mode,
} from '@switchyard/contracts/routing';
import { chatOf } from '@switchyard/llm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cacheKeyOf, type Question } from '../../src/domain/cache/cache-key.ts';
import { canonicalJson } from '../../src/domain/cache/canonical-json.ts';

const requirements = Requirements.create();
const understood: Question['understood'] = {
  selector: { kind: 'auto' },
  requirements,
  strategy: Strategy.PRIORITY,
  compositeWeights: undefined,
};
type Change = Parameters<typeof CompleteRequest.fromPartial>[0];
const chat = (request: Change, tenant = 'acme'): Question => ({
  tenant,
  operation: chatOf(CompleteRequest.fromPartial(request)),
  understood,
});

const text = fc.string({ maxLength: 12 });
const parts = (value: string) => [{ content: { $case: 'text' as const, value } }];
const requests = fc.record({
  messages: fc.array(
    fc
      .record({ role: fc.constantFrom(Role.SYSTEM, Role.USER, Role.ASSISTANT), value: text })
      .map(({ role, value }) => ({ role, parts: parts(value) })),
    { minLength: 1, maxLength: 4 },
  ),
  tools: fc.array(
    fc.record({
      name: text,
      description: text,
      parametersJsonSchema: fc.json({ maxDepth: 2 }),
    }),
    { maxLength: 2 },
  ),
  sampling: fc.option(
    fc.record({
      temperature: fc.option(fc.double({ min: 0, max: 2, noNaN: true }), { nil: undefined }),
      maxOutputTokens: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
      seed: fc.option(fc.bigInt({ min: 0n, max: 1_000n }), { nil: undefined }),
      stop: fc.array(text, { maxLength: 2 }),
    }),
    { nil: undefined },
  ),
  passthroughJson: fc.json({ maxDepth: 2 }),
  passthroughFormat: fc.constantFrom('', 'openai-chat', 'anthropic-messages'),
});

test('no two tenants ever share a key, however they are called, though they ask the same', () => {
  fc.assert(
    fc.property(requests, text, text, (request, one, other) => {
      fc.pre(one !== other);
      expect(cacheKeyOf(chat(request, one))).not.toBe(cacheKeyOf(chat(request, other)));
    }),
    { numRuns: 500 },
  );
});

test('a change of any field that changes the answer changes the key', () => {
  const canonical = (request: Change) =>
    JSON.stringify(CompleteRequest.toJSON(CompleteRequest.fromPartial(request)), (_, value) =>
      typeof value === 'string' && /^[[{]/.test(value) ? sorted(value) : value,
    );
  const fields = ['messages', 'tools', 'sampling', 'passthroughJson', 'passthroughFormat'] as const;
  fc.assert(
    fc.property(requests, requests, fc.constantFrom(...fields), (request, other, field) => {
      const changed = { ...request, [field]: other[field] };
      fc.pre(canonical(request) !== canonical(changed));
      expect(cacheKeyOf(chat(request))).not.toBe(cacheKeyOf(chat(changed)));
    }),
    { numRuns: 1_000 },
  );
});

test.each<[string, Change]>([
  ['the choice of tools', { toolChoice: { mode: ToolChoice_Mode.REQUIRED } }],
  ['parallel tool calls', { parallelToolCalls: false }],
  ['the shape of the answer', { responseFormat: { kind: ResponseFormat_Kind.JSON_OBJECT } }],
  ['the temperature', { sampling: { temperature: 0 } }],
  ['the seed', { sampling: { seed: 0n } }],
  ['the effort', { sampling: { reasoningEffort: 'high' } }],
])('%s is part of the key', (_, change) => {
  expect(cacheKeyOf(chat(change))).not.toBe(cacheKeyOf(chat({})));
});

test('a field that only a newer version knows is part of the key', () => {
  // Field 1000, of one byte.
  const newer = (value: number) => CompleteRequest.decode(Uint8Array.of(0xc2, 0x3e, 1, value));
  const key = (request: CompleteRequest) => cacheKeyOf({ ...chat({}), operation: chatOf(request) });
  expect(key(newer(1))).not.toBe(key(newer(2)));
  expect(key(newer(1))).not.toBe(cacheKeyOf(chat({})));
});

test('who asks, why and how often does not change the key', () => {
  fc.assert(
    fc.property(requests, text, (request, any) => {
      const asked = {
        ...request,
        idempotencyKey: any,
        context: { agent: any, workflow: any, service: any, tenant: any },
        labels: { [any]: any },
        user: any,
        failover: { allowed: false },
        hedge: { delayMs: 1 },
        cache: { noStore: true },
        priority: RequestPriority.HIGH,
      };
      expect(cacheKeyOf(chat(asked))).toBe(cacheKeyOf(chat(request)));
    }),
  );
});

test('the order of fields in schemas and in what passes through does not change the key, that of lists does', () => {
  const key = (json: string) =>
    cacheKeyOf(chat({ passthroughJson: json, tools: [{ name: 't', parametersJsonSchema: json }] }));
  expect(key('{"a":{"x":1,"y":[1,2]},"b":2}')).toBe(key('{"b":2, "a":{"y":[1,2],"x":1}}'));
  expect(key('{"y":[1,2]}')).not.toBe(key('{"y":[2,1]}'));
  // Numbers that a double would make equal.
  expect(key('{"a":9007199254740993}')).not.toBe(key('{"a":9007199254740992}'));
  expect(key('{"a":1e400}')).not.toBe(key('{"a":null}'));
});

test.each<[string, Partial<Question['understood']>]>([
  ['the model', { selector: { kind: 'model', model: 'm' } }],
  ['the strategy', { strategy: Strategy.COST }],
  ['residency', { requirements: { ...requirements, residency: ['eu-west'] } }],
  ['tags', { requirements: { ...requirements, tags: ['hipaa'] } }],
  ['allowed providers', { requirements: { ...requirements, allowedProviders: ['p'] } }],
  ['excluded providers', { requirements: { ...requirements, excludedProviders: ['p'] } }],
  ['preferred providers', { requirements: { ...requirements, preferredProviders: ['p'] } }],
  ['capabilities', { requirements: { ...requirements, capabilities: ['vision'] } }],
  ['the price limit', { requirements: { ...requirements, maxPricePerMillionNanoUsd: 1n } }],
])('%s is part of the key', (_, change) => {
  const question = chat({});
  const changed = { ...question, understood: { ...understood, ...change } };
  expect(cacheKeyOf(changed)).not.toBe(cacheKeyOf(question));
});

test('the order of requirements that are sets does not change the key', () => {
  const key = (tags: string[]) =>
    cacheKeyOf({ ...chat({}), understood: { ...understood, requirements: { ...requirements, tags } } });
  expect(key(['a', 'b'])).toBe(key(['b', 'a']));
});

test('a text to embed and the same text as tokens, or as a chat, are different questions', () => {
  const embed = (request: Parameters<typeof EmbedRequest.fromPartial>[0]) =>
    cacheKeyOf({
      tenant: 'acme',
      operation: { kind: 'embed', request: EmbedRequest.fromPartial(request) },
      understood,
    });
  const keys = [
    embed({ inputs: [{ content: { $case: 'text', value: 'a' } }] }),
    embed({ inputs: [{ content: { $case: 'tokens', value: { tokens: [97] } } }] }),
    embed({ inputs: [{ content: { $case: 'text', value: 'a' } }], dimensions: 4 }),
    cacheKeyOf(chat({})),
    embed({}),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});

/** JSON text with sorted names: what this test takes for the same. */
function sorted(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), (_, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    );
  } catch {
    return json;
  }
}

test('names of JSON are put in order, but not where it is nested so deep that parsing it would take long', () => {
  const nested = (depth: number) => `{"b":${'['.repeat(depth)}${']'.repeat(depth)},"a":1}`;
  expect(canonicalJson(nested(10))).toBe(`{"a":1,"b":${'['.repeat(10)}${']'.repeat(10)}}`);
  expect(canonicalJson(nested(200))).toBe(nested(200));
});
