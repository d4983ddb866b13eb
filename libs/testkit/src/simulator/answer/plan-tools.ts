import type { ToolCall } from './answer.ts';
import { schemaObject } from './schema-instance.ts';
import type { OfferedTool, SimulatedCall } from './simulated-call.ts';
import { countTokens } from './tokens.ts';

const MAX_PARALLEL_CALLS = 8;

/**
 * Which tools the answer calls; none means text.
 *
 * Forced by the tool choice, or asked for by a last message from the user with the words "call the tool" (one
 * call) or "call the tools" (one of each offered). Tools named in that message go before those that are not.
 */
export function planTools(call: SimulatedCall): ToolCall[] {
  const wanted = wantedTools(call);
  const limit = call.parallelTools ? MAX_PARALLEL_CALLS : 1;
  return wanted.slice(0, limit).map(toCall);
}

/** What a call costs: its name and its arguments. */
export function toolCallTokens({ name, inputJson }: ToolCall): number {
  return countTokens(name) + countTokens(inputJson);
}

function wantedTools({ tools, toolChoice, lastTurn }: SimulatedCall): readonly OfferedTool[] {
  if (tools.length === 0) return [];
  const words = lastTurn.from === 'user' ? lastTurn.text.toLowerCase() : '';
  const mentioned = tools.filter((tool) => words.includes(tool.name.toLowerCase()));
  const one = mentioned.slice(0, 1).concat(tools.slice(0, 1)).slice(0, 1);
  switch (toolChoice.kind) {
    case 'none':
      return [];
    case 'named':
      return tools.filter((tool) => tool.name === toolChoice.name);
    case 'required':
      return asksForAll(words) ? several({ tools, mentioned }) : one;
    case 'auto':
      if (asksForAll(words)) return several({ tools, mentioned });
      return words.includes('call the tool') ? one : [];
    default:
      return toolChoice satisfies never;
  }
}

function asksForAll(words: string): boolean {
  return words.includes('call the tools');
}

function several(args: { tools: readonly OfferedTool[]; mentioned: readonly OfferedTool[] }) {
  return args.mentioned.length > 1 ? args.mentioned : args.tools;
}

function toCall({ name, schema }: OfferedTool): ToolCall {
  const input = schemaObject(schema);
  return { name, input, inputJson: JSON.stringify(input) };
}
