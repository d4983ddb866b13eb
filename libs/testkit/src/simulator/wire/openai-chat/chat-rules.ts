import type { RequestProblem } from '../wire-format.ts';
import type { ChatMessage, ChatRequest } from './chat-request.ts';

type Rule = Extract<RequestProblem, { kind: 'rule' }>;

/** What the real API checks beyond the types of fields; the first rule that is broken. */
export function findBrokenChatRule(request: ChatRequest): Rule | undefined {
  return (
    findOptionConflict(request) ??
    findUnansweredCalls(request.messages) ??
    findStrayToolMessage(request.messages)
  );
}

function findOptionConflict(request: ChatRequest): Rule | undefined {
  const { stream, stream_options, tools, tool_choice, response_format, messages } = request;
  if (stream_options && stream !== true) {
    return broken({
      message: "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      field: 'stream_options',
    });
  }
  if (tool_choice !== undefined && !tools?.length) {
    return broken({
      message: "'tool_choice' is only allowed when 'tools' are specified.",
      field: 'tool_choice',
    });
  }
  if (typeof tool_choice === 'object' && tool_choice.type === 'function') {
    const { name } = tool_choice.function;
    if (!tools?.some((tool) => tool.function.name === name)) {
      return broken({
        message: `Tool choice '${name}' not found in 'tools' parameter.`,
        field: 'tool_choice',
      });
    }
  }
  if (response_format?.type === 'json_object' && !/json/i.test(JSON.stringify(messages))) {
    return broken({
      message:
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      field: 'messages',
    });
  }
  return findUnsimulated(request);
}

function findUnsimulated(request: ChatRequest): Rule | undefined {
  const { n, logprobs, modalities } = request as {
    n?: number | null;
    logprobs?: boolean | null;
    modalities?: string[] | null;
  };
  const field =
    (n ?? 1) > 1 ? 'n' : logprobs ? 'logprobs' : modalities?.includes('audio') ? 'modalities' : undefined;
  if (field === undefined) return undefined;
  return broken({
    message: `Unsupported value: '${field}' with this value is not simulated.`,
    field,
    code: 'unsupported_value',
  });
}

function findUnansweredCalls(messages: readonly ChatMessage[]): Rule | undefined {
  for (const [at, message] of messages.entries()) {
    if (!message.tool_calls?.length) continue;
    const answered = new Set<string | undefined>();
    for (let i = at + 1; messages[i]?.role === 'tool'; i++) answered.add(messages[i]?.tool_call_id);
    const open = message.tool_calls.map((call) => call.id).filter((id) => !answered.has(id));
    if (open.length === 0) continue;
    return broken({
      message: `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${open.join(', ')}`,
      field: `messages.[${at}].role`,
    });
  }
  return undefined;
}

function findStrayToolMessage(messages: readonly ChatMessage[]): Rule | undefined {
  let open = new Set<string>();
  for (const [at, message] of messages.entries()) {
    if (message.role !== 'tool') {
      open = new Set(message.tool_calls?.map((call) => call.id));
      continue;
    }
    if (open.has(message.tool_call_id as string)) continue;
    return broken({
      message:
        "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
      field: `messages.[${at}].role`,
    });
  }
  return undefined;
}

function broken(rule: Omit<Rule, 'kind'>): Rule {
  return { kind: 'rule', ...rule };
}
