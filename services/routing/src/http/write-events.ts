import type { ServerResponse } from 'node:http';
import { awaitDrain } from '@switchyard/service-kit';

/** Writes a piece of a stream, and waits while the caller reads slowly. @throws READER_STALLED where it stops reading */
export async function writeEvents(
  response: ServerResponse,
  text: string,
  signal: AbortSignal,
): Promise<void> {
  if (text !== '' && !response.write(text)) await awaitDrain(response, signal);
}
