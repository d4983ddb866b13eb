import type { Message, Part } from '@switchyard/contracts/routing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deltasOfMessage } from './deltas-of-message.ts';
import { MessageBuilder } from './message-builder.ts';
import { assistantMessage, reasoningPart, refusalPart, textPart, toolCallPart } from './parts.ts';

const said = fc.string({ minLength: 1 });
const parts = fc.oneof(
  said.map(textPart),
  said.map(refusalPart),
  fc.record({ text: said, signature: said }).map(reasoningPart),
  said.map((redactedData) => reasoningPart({ redactedData })),
  fc.record({ id: said, name: said, argumentsJson: fc.string() }).map(toolCallPart),
);

/** Two texts in a row are one text in a stream, and two refusals one refusal. */
const mayFollow = (before: Part | undefined, { content }: Part): boolean =>
  before?.content?.$case !== content?.$case ||
  content?.$case === 'toolCall' ||
  content?.$case === 'reasoning';

test('the deltas of a turn make the same turn again', () => {
  const messages: fc.Arbitrary<Message> = fc
    .array(parts, { maxLength: 8 })
    .map((all) => assistantMessage(all.filter((part, i) => mayFollow(all[i - 1], part))));
  fc.assert(
    fc.property(messages, (message) => {
      const builder = new MessageBuilder();
      for (const delta of deltasOfMessage(message)) builder.add(delta);
      fc.pre(message.parts.every((part, i) => mayFollow(message.parts[i - 1], part)));
      expect(builder.message()).toEqual(message);
    }),
  );
});
