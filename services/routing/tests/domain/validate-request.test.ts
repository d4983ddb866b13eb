import {
  CompleteRequest,
  type Purpose,
  Role,
  type Strategy,
  ToolChoice_Mode,
} from '@switchyard/contracts/routing';
import { chatOf } from '@switchyard/llm';
import { expect, test } from 'vitest';
import { validateRequest } from '../../src/domain/request/validate-request.ts';

type Partial = Parameters<typeof CompleteRequest.fromPartial>[0];
const text = { content: { $case: 'text', value: 'hello' } } as const;
const user = { role: Role.USER, parts: [text] };
const whole: Partial = { model: 'm', messages: [user] };
const fieldsOf = (change: Partial) =>
  validateRequest(chatOf(CompleteRequest.fromPartial({ ...whole, ...change }))).map(({ field }) => field);
const image = (bytes: number) =>
  ({
    content: {
      $case: 'image',
      value: { source: { $case: 'data', value: Buffer.alloc(bytes) }, mediaType: 'image/png' },
    },
  }) as const;

test.each<[string, Partial]>([
  ['a plain request', {}],
  ['a named tool', { toolChoice: { mode: ToolChoice_Mode.NAMED, name: 'f' } }],
  [
    'a cache mark for an hour',
    { messages: [{ ...user, parts: [{ ...text, cacheControl: { ttlSeconds: 3_600 } }] }] },
  ],
  ['a cache mark by default', { messages: [{ ...user, parts: [{ ...text, cacheControl: {} }] }] }],
])('%s is in order', (_, change) => {
  expect(fieldsOf(change)).toEqual([]);
});

test.each<[string, Partial]>([
  ['model', { model: '' }],
  ['messages', { messages: [] }],
  ['messages[0].role', { messages: [{ parts: [text] }] }],
  ['messages[0].name', { messages: [{ ...user, name: 'x'.repeat(65) }] }],
  [
    'messages[0].parts[0].cache_control.ttl_seconds',
    { messages: [{ ...user, parts: [{ ...text, cacheControl: { ttlSeconds: 60 } }] }] },
  ],
  ['messages[0].parts[0].image.data', { messages: [{ ...user, parts: [image(20 * 1024 * 1024 + 1)] }] }],
  ['tool_choice.name', { toolChoice: { mode: ToolChoice_Mode.NAMED } }],
  ['tool_choice.name', { toolChoice: { mode: ToolChoice_Mode.AUTO, name: 'f' } }],
  ['response_format.name', { responseFormat: { name: 'x'.repeat(65) } }],
  ['purpose', { purpose: 99 as Purpose }],
  ['strategy', { strategy: 99 as Strategy }],
  ['sampling.temperature', { sampling: { temperature: Number.NaN } }],
  ['failover.max_fallbacks', { failover: { maxFallbacks: 11 } }],
  ['hedge.delay_ms', { hedge: { delayMs: 0 } }],
  ['hedge.use', { hedge: { use: 9 as never } }],
  ['failover.max_retries', { failover: { maxRetries: -1 } }],
])('%s is refused by name: %o', (field, change) => {
  expect(fieldsOf(change)).toEqual([field]);
});
