import type { RequestProblem } from '../wire-format.ts';
import type { Block, Message, MessagesRequest } from './messages-request.ts';
import { isSimulatedSignature } from './thinking-signature.ts';

type Rule = Extract<RequestProblem, { kind: 'rule' }>;

/** What the real API checks beyond the types of fields; the first rule that is broken. */
export function findBrokenMessagesRule(request: MessagesRequest): Rule | undefined {
  return (
    findOptionConflict(request) ??
    findEmptyContent(request.messages) ??
    findUnansweredToolUse(request.messages) ??
    findStrayToolResult(request.messages) ??
    findForeignThinking(request.messages)
  );
}

function findOptionConflict(request: MessagesRequest): Rule | undefined {
  const { messages, thinking, tool_choice, tools, max_tokens } = request;
  if (messages.length === 0) return broken('messages: at least one message is required');
  if (messages[0]?.role === 'assistant') {
    return broken('messages: first message must use the "user" role');
  }
  if (tool_choice !== undefined && tool_choice.type !== 'none' && !tools?.length) {
    return broken('tool_choice: may only be specified while providing `tools`.');
  }
  if (tool_choice?.type === 'tool' && !tools?.some((tool) => tool.name === tool_choice.name)) {
    return broken(`Tool '${tool_choice.name}' not found in provided tools`);
  }
  if (thinking === undefined || thinking.type === 'disabled') return undefined;
  if (thinking.type === 'enabled' && thinking.budget_tokens >= max_tokens) {
    return broken('`max_tokens` must be greater than `thinking.budget_tokens`.');
  }
  if (request.temperature !== undefined && request.temperature !== 1) {
    return broken('`temperature` may only be set to 1 when thinking is enabled.');
  }
  if (tool_choice?.type === 'any' || tool_choice?.type === 'tool') {
    return broken('Thinking may not be enabled when tool_choice forces tool use.');
  }
  return undefined;
}

function findEmptyContent(messages: readonly Message[]): Rule | undefined {
  for (const [at, message] of messages.entries()) {
    const blocks = blocksOf(message);
    const last = at === messages.length - 1 && message.role === 'assistant';
    if (!last && (message.content === '' || message.content.length === 0)) {
      return broken(
        `messages.${at}: all messages must have non-empty content except for the optional final assistant message`,
      );
    }
    if (blocks.some((block) => block.type === 'text' && block.text === '')) {
      return broken('messages: text content blocks must be non-empty');
    }
  }
  return undefined;
}

function findUnansweredToolUse(messages: readonly Message[]): Rule | undefined {
  for (const [at, message] of messages.entries()) {
    const asked = blocksOf(message).flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
    const next = messages[at + 1];
    const answered = next === undefined ? [] : blocksOf(next).map((block) => block.tool_use_id);
    const open = asked.filter((id) => !answered.includes(id));
    if (open.length === 0) continue;
    return broken(
      `messages.${at + 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
    );
  }
  return undefined;
}

function findStrayToolResult(messages: readonly Message[]): Rule | undefined {
  for (const [at, message] of messages.entries()) {
    const before = messages[at - 1];
    const asked = before === undefined ? [] : blocksOf(before).map((block) => block.id);
    for (const [index, block] of blocksOf(message).entries()) {
      if (block.type !== 'tool_result' || asked.includes(block.tool_use_id)) continue;
      return broken(
        `messages.${at}.content.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${block.tool_use_id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      );
    }
  }
  return undefined;
}

function findForeignThinking(messages: readonly Message[]): Rule | undefined {
  for (const [at, message] of messages.entries()) {
    for (const [index, block] of blocksOf(message).entries()) {
      if (block.type !== 'thinking' || isSimulatedSignature(block.signature ?? '')) continue;
      return broken(`messages.${at}.content.${index}: Invalid \`signature\` in \`thinking\` block`);
    }
  }
  return undefined;
}

function blocksOf({ content }: Message): readonly Block[] {
  return typeof content === 'string' ? [] : content;
}

function broken(message: string): Rule {
  return { kind: 'rule', message };
}
