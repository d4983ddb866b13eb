import { expect, test } from 'vitest';
import { canonicalModel } from './canonical-model.ts';

test.each([
  ['gpt-4o', 'gpt-4o'],
  ['openai/gpt-4o', 'gpt-4o'],
  ['MiniMaxAI/MiniMax-M2', 'minimax-m2'],
  ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5-20250929'],
  ['anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5-20250929'],
  ['eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5-20250929'],
  ['us-gov.anthropic.claude-3-5-sonnet-20241022-v2:0', 'claude-3-5-sonnet-20241022'],
  ['claude-sonnet-4-5@20250929', 'claude-sonnet-4-5-20250929'],
  ['anthropic/claude-sonnet-4.5', 'claude-sonnet-4-5'],
  ['global.amazon.nova-2-lite-v1:0', 'nova-2-lite'],
  ['amazon.titan-embed-text-v1', 'titan-embed-text'],
  ['amazon.titan-embed-text-v2:0', 'titan-embed-text-v2'],
  ['mistral.mistral-7b-instruct-v0:2', 'mistral-7b-instruct-v0:2'],
  ['openai.gpt-oss-120b-1:0', 'gpt-oss-120b'],
  ['deepseek.r1-v1:0', 'deepseek-r1'],
  ['us.deepseek.v3.2', 'deepseek-v3.2'],
  ['accounts/fireworks/models/deepseek-v3p1', 'deepseek-v3.1'],
  ['qwen3p5-plus', 'qwen3p5-plus'],
  // Models of their own: another price, another release.
  ['google/gemma-4-31b-it:free', 'gemma-4-31b-it:free'],
  ['gpt-4o-2024-08-06', 'gpt-4o-2024-08-06'],
])('%s is %s', (model, canonical) => {
  expect(canonicalModel(model)).toBe(canonical);
});
