import { type Message, Role } from '@switchyard/contracts/routing';
import { ok, type Result } from '@switchyard/kernel';
import type { Unsupported } from '../unsupported.ts';
import { encodeCacheControl, encodePart, type WireBlock } from './encode-content.ts';

/** The conversation as the wire has it. */
export interface WireConversation {
  /** Text, or blocks where one of them is marked for the cache. */
  readonly system: string | readonly WireBlock[] | undefined;
  readonly messages: readonly WireTurn[];
}

interface WireTurn {
  readonly role: 'user' | 'assistant';
  readonly content: WireBlock[];
}

/**
 * System and developer messages, wherever they stand, become the one system text. Neighbouring messages of a side become
 * one turn, results of tools first, as they must follow their calls.
 */
export function encodeConversation(messages: readonly Message[]): Result<WireConversation, Unsupported> {
  const turns: WireTurn[] = [];
  for (const [index, message] of messages.entries()) {
    if (isSystem(message)) continue;
    const turn = turnFor(turns, message.role === Role.ASSISTANT ? 'assistant' : 'user');
    for (const [place, part] of message.parts.entries()) {
      const block = encodePart(part, `messages[${index}].parts[${place}]`);
      if (!block.ok) return block;
      if (block.value !== undefined) addBlock(turn, block.value);
    }
  }
  return ok({ system: encodeSystem(messages.filter(isSystem)), messages: turns.filter(hasContent) });
}

function turnFor(turns: WireTurn[], role: WireTurn['role']): WireTurn {
  const last = turns.at(-1);
  if (last?.role === role) return last;
  const turn: WireTurn = { role, content: [] };
  turns.push(turn);
  return turn;
}

function addBlock({ content }: WireTurn, block: WireBlock): void {
  if (block.type !== 'tool_result') {
    content.push(block);
    return;
  }
  const results = content.findIndex(({ type }) => type !== 'tool_result');
  content.splice(results === -1 ? content.length : results, 0, block);
}

/** An assistant's turn of nothing but what is left out is left out. */
const hasContent = ({ content }: WireTurn): boolean => content.length > 0;

const isSystem = ({ role }: Message): boolean => role === Role.SYSTEM || role === Role.DEVELOPER;

function encodeSystem(messages: readonly Message[]): string | WireBlock[] | undefined {
  const blocks: WireBlock[] = [];
  for (const { content, cacheControl } of messages.flatMap(({ parts }) => parts)) {
    if (content?.$case !== 'text' || content.value === '') continue;
    blocks.push({ type: 'text', text: content.value, cache_control: encodeCacheControl(cacheControl) });
  }
  if (blocks.length === 0) return undefined;
  if (blocks.some(({ cache_control }) => cache_control !== undefined)) return blocks;
  return blocks.map(({ text }) => text).join('\n\n');
}
