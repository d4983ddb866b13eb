import { CompleteRequest } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { WIRE_FORMAT_IDS, type WireFormatId } from './wire-format.ts';
import { findWireFormat } from './wire-formats.ts';

const continues = (format: WireFormatId, model: string, sampling?: CompleteRequest['sampling']) =>
  findWireFormat(format)?.continuesLastTurn?.({
    model,
    request: CompleteRequest.fromPartial({ model, sampling }),
  }) ?? false;

test.each([
  ['claude-2.1', true],
  ['claude-3-5-sonnet-20241022', true],
  ['claude-3-7-sonnet-latest', true],
  ['claude-sonnet-4-20250514', true],
  ['claude-opus-4-1', true],
  ['claude-haiku-4-5@20251001', true],
  ['us.anthropic.claude-sonnet-4-20250514-v1:0', true],
  ['claude-opus-4-6', false],
  ['us.anthropic.claude-opus-4-6-v1', false],
  ['claude-sonnet-4-10', false],
  ['claude-sonnet-5', false],
  ['claude-opus-5-20260701', false],
  ['some-name', false],
])('Claude goes on in the assistant’s turn up to 4.5: %s %s', (model, expected) => {
  expect(continues('anthropic-messages', model)).toBe(expected);
  expect(continues('vertex-anthropic', model)).toBe(expected);
});

test('on Bedrock only Claude does', () => {
  expect(continues('bedrock-converse', 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0')).toBe(true);
  expect(continues('bedrock-converse', 'eu.anthropic.claude-opus-4-6-v1')).toBe(false);
  expect(continues('bedrock-converse', 'amazon.nova-pro-v1:0')).toBe(false);
});

test('a model that is asked to reason begins a new turn', () => {
  const model = 'claude-sonnet-4-5';
  const sampling = (change: object) => CompleteRequest.fromPartial({ sampling: change }).sampling;
  expect(continues('anthropic-messages', model, sampling({ reasoningEffort: 'none' }))).toBe(true);
  expect(continues('anthropic-messages', model, sampling({ reasoningEffort: 'low' }))).toBe(false);
  expect(continues('anthropic-messages', model, sampling({ reasoningBudgetTokens: 2_000 }))).toBe(false);
});

test('of the other formats only Ollama’s own does', () => {
  const others = WIRE_FORMAT_IDS.filter((id) => !/anthropic|bedrock/.test(id));
  expect(others.filter((id) => continues(id, 'llama3.1'))).toEqual(['ollama-native']);
});
