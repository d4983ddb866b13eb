import type { PartialRequest } from '@switchyard/client';
import { FinishReason, ResponseFormat_Kind, Role } from '@switchyard/contracts/routing';
import type { TokenCounts } from '@switchyard/testkit/simulator';
import { expect } from 'vitest';
import { TOOLS, user } from './conversations.ts';

/** A request that every wire format can express, and what its answer must be, whole and streamed. */
export interface AnswerCase {
  readonly name: string;
  /** Default: the one that does not reason. */
  readonly model?: 'sim-smart';
  readonly request: PartialRequest;
  readonly finishReason: FinishReason;
  /** What the answer shows, reasoning left out. */
  readonly shown: readonly unknown[];
  /** What the simulator must have counted for the case to say anything. */
  readonly counted?: object;
}

/** A picture of one grey pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
  'base64',
);
const SCHEMA = '{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}';
const TEXT = { $case: 'text', value: expect.stringMatching(/^Simulated answer:/) };
const call = (name: string): unknown => ({ $case: 'toolCall', value: expect.objectContaining({ name }) });

export const ANSWER_CASES: readonly AnswerCase[] = [
  {
    name: 'a text',
    request: { messages: [user('hello')] },
    finishReason: FinishReason.STOP,
    shown: [TEXT],
  },
  {
    name: 'an answer that reaches its limit',
    request: { messages: [user('hello')], sampling: { maxOutputTokens: 16 } },
    finishReason: FinishReason.LENGTH,
    shown: [TEXT],
    counted: { outputTokens: 16 },
  },
  {
    name: 'an answer that meets a stop text',
    request: { messages: [user('hello')], sampling: { stop: [' answer'] } },
    finishReason: FinishReason.STOP,
    shown: [{ $case: 'text', value: 'Simulated' }],
  },
  {
    name: 'one tool call',
    request: { messages: [user('call the tool get_wind')], tools: TOOLS },
    finishReason: FinishReason.TOOL_CALLS,
    shown: [call('get_wind')],
  },
  {
    name: 'parallel tool calls',
    request: { messages: [user('call the tools')], tools: TOOLS },
    finishReason: FinishReason.TOOL_CALLS,
    shown: [call('get_tide'), call('get_wind')],
  },
  {
    name: 'structured output',
    request: {
      messages: [user('hello')],
      responseFormat: { kind: ResponseFormat_Kind.JSON_SCHEMA, jsonSchema: SCHEMA },
    },
    finishReason: FinishReason.STOP,
    shown: [{ $case: 'text', value: '{"name":"simulated"}' }],
  },
  {
    name: 'a question about an image',
    request: {
      messages: [
        {
          role: Role.USER,
          parts: [
            ...user('What is this?').parts,
            {
              content: {
                $case: 'image',
                value: { source: { $case: 'data', value: PNG }, mediaType: 'image/png' },
              },
            },
          ],
        },
      ],
    },
    finishReason: FinishReason.STOP,
    shown: [TEXT],
    // 3 of the message, 4 of 13 bytes of text, 256 of the picture.
    counted: { inputTokens: 263 },
  },
  {
    name: 'reasoning before the answer',
    model: 'sim-smart',
    request: { messages: [user('hello')], sampling: { reasoningEffort: 'medium' } },
    finishReason: FinishReason.STOP,
    shown: [TEXT],
    counted: { reasoningTokens: expect.toSatisfy((tokens: TokenCounts['reasoningTokens']) => tokens > 0) },
  },
];
