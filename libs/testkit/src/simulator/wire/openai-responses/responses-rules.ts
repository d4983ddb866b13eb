import type { RequestProblem } from '../wire-format.ts';
import { SIMULATED_ENCRYPTION } from './encrypted-content.ts';
import type { InputItem, ResponsesRequest } from './responses-request.ts';

type Rule = Extract<RequestProblem, { kind: 'rule' }>;

/** What the real API checks beyond the types of fields; the first rule that is broken. */
export function findBrokenResponsesRule(request: ResponsesRequest): Rule | undefined {
  const items = typeof request.input === 'string' ? [] : request.input;
  return (
    findOptionConflict(request) ??
    findMisplacedPart(items) ??
    findUnpairedCall(items) ??
    findForeignReasoning(items)
  );
}

function findOptionConflict({ tools = [], tool_choice, text, input }: ResponsesRequest): Rule | undefined {
  const named = typeof tool_choice === 'object' ? tool_choice.name : undefined;
  if (tool_choice === 'required' && tools.length === 0)
    return broken("Tool choice 'required' must be specified with 'tools' parameter.", 'tool_choice');
  if (named !== undefined && !tools.some((tool) => tool.name === named))
    return broken(
      `Tool choice 'function' with name '${named}' not found in 'tools' parameter.`,
      'tool_choice',
    );
  if (text?.format?.type !== 'json_object' || /json/i.test(JSON.stringify(input))) return undefined;
  return broken(
    "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
    'input',
  );
}

function findMisplacedPart(items: readonly InputItem[]): Rule | undefined {
  for (const [at, item] of items.entries()) {
    if (item.type !== 'message' || typeof item.content === 'string') continue;
    const takes =
      item.role === 'assistant' ? ['output_text', 'refusal'] : ['input_text', 'input_image', 'input_file'];
    const place = item.content.findIndex(({ type }) => !takes.includes(type));
    if (place === -1) continue;
    const field = `input[${at}].content[${place}]`;
    const values = takes.map((type) => `'${type}'`).join(' and ');
    return broken(`Invalid value: '${item.content[place]?.type}'. Supported values are: ${values}.`, field);
  }
  return undefined;
}

function findUnpairedCall(items: readonly InputItem[]): Rule | undefined {
  const called = new Set<string>();
  const answered = new Set<string>();
  for (const item of items) {
    if (item.type === 'function_call') called.add(item.call_id);
    if (item.type !== 'function_call_output') continue;
    if (!called.has(item.call_id))
      return broken(`No tool call found for function call output with call_id ${item.call_id}.`, 'input');
    answered.add(item.call_id);
  }
  const open = [...called].find((id) => !answered.has(id));
  return open === undefined ? undefined : broken(`No tool output found for function call ${open}.`, 'input');
}

/** Reasoning must be what this provider encrypted, and stand before what it led to. */
function findForeignReasoning(items: readonly InputItem[]): Rule | undefined {
  for (const [at, item] of items.entries()) {
    if (item.type !== 'reasoning') continue;
    if (item.encrypted_content !== SIMULATED_ENCRYPTION) {
      const message = 'The encrypted content could not be verified.';
      return { ...broken(message, `input[${at}]`), code: 'invalid_encrypted_content' };
    }
    const next = items[at + 1];
    const follows = next?.type === 'function_call' || (next?.type === 'message' && next.role === 'assistant');
    if (follows) continue;
    const message = `Item '${item.id ?? ''}' of type 'reasoning' was provided without its required following item.`;
    return broken(message, 'input');
  }
  return undefined;
}

function broken(message: string, field: string): Rule {
  return { kind: 'rule', message, field };
}
