import type { RequestProblem } from '../wire-format.ts';
import type { ConverseBlock, ConverseMessage, ConverseRequest } from './converse-request.ts';

type Rule = Extract<RequestProblem, { kind: 'rule' }>;

/** What the real API checks beyond the types of fields; the first rule that is broken. */
export function findBrokenConverseRule(request: ConverseRequest): Rule | undefined {
  const { messages, toolConfig } = request;
  return (
    findTwofoldBlock(request) ??
    findWrongTurn(messages) ??
    findUnansweredCall(messages) ??
    findWrongChoice(request) ??
    (toolConfig === undefined && messages.some(({ content }) => content.some(isOfTools))
      ? broken('The toolConfig field must be defined when using toolUse and toolResult content blocks.')
      : undefined)
  );
}

const isOfTools = ({ toolUse, toolResult }: ConverseBlock): boolean =>
  toolUse !== undefined || toolResult !== undefined;

/** A block is a union: exactly one of its fields is set. */
function findTwofoldBlock({ messages, system = [] }: ConverseRequest): Rule | undefined {
  const blocks = [...system, ...messages.flatMap(({ content }) => content)];
  if (blocks.every((block) => Object.keys(block).length === 1))
    return blocks.some(({ text }) => text !== undefined && text.trim() === '')
      ? broken(
          'The text field in the ContentBlock object is blank. Add text to the text field, and try again.',
        )
      : undefined;
  return broken('A content block must have exactly one member set.');
}

function findWrongTurn(messages: readonly ConverseMessage[]): Rule | undefined {
  if (messages[0]?.role !== 'user')
    return broken(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    );
  return messages.every(({ role }, at) => role !== messages[at - 1]?.role)
    ? undefined
    : broken('A conversation must alternate between user and assistant roles.');
}

function findUnansweredCall(messages: readonly ConverseMessage[]): Rule | undefined {
  for (const [at, { content }] of messages.entries()) {
    const asked = content.flatMap(({ toolUse }) => toolUse?.toolUseId ?? []);
    const answered = (messages[at + 1]?.content ?? []).flatMap(
      ({ toolResult }) => toolResult?.toolUseId ?? [],
    );
    if (asked.some((id) => !answered.includes(id)))
      return broken(
        `Expected toolResult blocks at messages.${at + 1}.content for the following Ids: ${asked.join(', ')}`,
      );
    if (answered.some((id) => !asked.includes(id)))
      return broken(
        `The number of toolResult blocks at messages.${at + 1}.content exceeds the number of toolUse blocks of previous turn.`,
      );
  }
  return undefined;
}

function findWrongChoice({ toolConfig }: ConverseRequest): Rule | undefined {
  const name = toolConfig?.toolChoice?.tool?.name;
  if (name === undefined || toolConfig?.tools.some(({ toolSpec }) => toolSpec?.name === name))
    return undefined;
  return broken(`The tool ${name} of toolChoice is not among the tools.`);
}

const broken = (message: string): Rule => ({ kind: 'rule', message });
