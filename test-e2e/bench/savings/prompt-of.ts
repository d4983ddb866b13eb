import type { PartialRequest } from '@switchyard/client';
import { Role } from '@switchyard/contracts/routing';
import type { TracedBlock } from './traced-call.ts';

/** What the simulator counts for a message besides its text, and bytes of a token of text. */
const MESSAGE_TOKENS = 3;
const BYTES_PER_TOKEN = 4;
/** A shorter text could not tell whose it is. */
const LEAST_BYTES = 16;
const FILLER = 'The yard foreman reads the list of wagons aloud before the shunting begins. ';

/**
 * A prompt of a traced length, a message for each block: the simulator remembers beginnings at messages. User and assistant take turns,
 * since some formats make one of two in a row.
 *
 * @param arm stands in every text, so that what one arm asks is unknown to providers' and our caches when another one asks it
 */
export const promptOf = (
  blocks: readonly TracedBlock[],
  arm: string,
): NonNullable<PartialRequest['messages']> =>
  blocks.map((block, i) => ({
    role: i % 2 === 0 || i === blocks.length - 1 ? Role.USER : Role.ASSISTANT,
    parts: [{ content: { $case: 'text' as const, value: textOf(block, arm) } }],
  }));

function textOf({ id, tokens }: TracedBlock, arm: string): string {
  const bytes = Math.max(LEAST_BYTES, (tokens - MESSAGE_TOKENS) * BYTES_PER_TOKEN);
  const name = `${id}.${arm} `;
  return `${name}${FILLER.repeat(Math.ceil(bytes / FILLER.length))}`.slice(0, bytes);
}
