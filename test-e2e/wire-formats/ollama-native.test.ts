import { expect, test } from 'vitest';
import { TOOLS, user, withResults } from './conversations.ts';
import { benchOf, inputOf } from './format-bench.ts';

const bench = benchOf('ollama-native');

test('thinking is read and counted with the output, and stays here', async () => {
  const question = user('call the tools');
  const request = { messages: [question], tools: TOOLS, sampling: { reasoningEffort: 'low' } };
  const { streamed, whole } = await bench.both(inputOf(request, 'sim-smart'));
  expect(whole.message.parts[0]?.content).toMatchObject({
    $case: 'reasoning',
    value: { text: expect.stringMatching(/^Simulated reasoning:/), signature: '' },
  });
  expect(whole.usage?.outputTokens).toBe((await bench.lastCall()).tokens.outputTokens);
  const messages = withResults(question, streamed);
  const encoded = bench.format.encodeRequest({ ...inputOf({ ...request, messages }), stream: false });
  expect(encoded.ok && encoded.value.body).not.toContain('Simulated reasoning');
});

test('"none" is no thinking', async () => {
  const request = { messages: [user('hello')], sampling: { reasoningEffort: 'none' } };
  const { whole } = await bench.both(inputOf(request, 'sim-smart'));
  expect(whole.message.parts.map(({ content }) => content?.$case)).toEqual(['text']);
  expect((await bench.lastCall()).tokens.reasoningTokens).toBe(0);
});
