import { type Message, Role } from '@switchyard/contracts/routing';
import { cachePoint, encodePart, type WireBlock } from './encode-content.ts';

/** The conversation as the wire has it. */
export interface WireConversation {
  readonly system: readonly WireBlock[] | undefined;
  readonly messages: readonly WireTurn[];
}

interface WireTurn {
  readonly role: 'user' | 'assistant';
  readonly content: WireBlock[];
}

/**
 * System and developer messages, wherever they stand, become the system blocks. Neighbouring messages of a side become one
 * turn, results of tools first, as they must follow their calls.
 */
export function encodeConversation(messages: readonly Message[]): WireConversation {
  const turns: WireTurn[] = [];
  for (const message of messages) {
    if (isSystem(message)) continue;
    const turn = turnFor(turns, message.role === Role.ASSISTANT ? 'assistant' : 'user');
    for (const part of message.parts) addBlocks(turn, encodePart(part));
  }
  const system = messages.filter(isSystem).flatMap(encodeSystem);
  return {
    system: system.length === 0 ? undefined : system,
    // An assistant's turn of nothing but what is left out is left out.
    messages: turns.filter(({ content }) => content.length > 0),
  };
}

const isSystem = ({ role }: Message): boolean => role === Role.SYSTEM || role === Role.DEVELOPER;

function encodeSystem({ parts }: Message): WireBlock[] {
  return parts.flatMap(({ content, cacheControl }) => {
    if (content?.$case !== 'text' || content.value.trim() === '') return [];
    const text = { text: content.value };
    return cacheControl === undefined ? [text] : [text, cachePoint(cacheControl)];
  });
}

function turnFor(turns: WireTurn[], role: WireTurn['role']): WireTurn {
  const last = turns.at(-1);
  if (last?.role === role) return last;
  const turn: WireTurn = { role, content: [] };
  turns.push(turn);
  return turn;
}

function addBlocks({ content }: WireTurn, blocks: readonly WireBlock[]): void {
  if (blocks[0]?.toolResult === undefined) {
    content.push(...blocks);
    return;
  }
  const other = content.findIndex(
    (block) => block.toolResult === undefined && block.cachePoint === undefined,
  );
  content.splice(other === -1 ? content.length : other, 0, ...blocks);
}
