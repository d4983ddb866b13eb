import type { RunningFleet } from '@switchyard/deploy';
import type { ServiceError } from '@switchyard/kernel';
import type { Place } from '../support/canaries.ts';
import { PLANTED } from './planted-canaries.ts';

/** Errors that were sent to callers, and connectors' outputs: both leave the installation. */
export interface Told {
  readonly places: Place[];
}

export const note = ({ places }: Told, name: string, content: unknown): void => {
  const text = typeof content === 'string' ? content : JSON.stringify(content, bigintAsText);
  places.push({ name, content: text });
};
const bigintAsText = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

/** Runs what should fail, and keeps what the caller is told. */
export async function fails(told: Told, name: string, promise: Promise<unknown>): Promise<void> {
  const error = await promise.then(
    () => {
      throw new Error(`${name} did not fail`);
    },
    (thrown: ServiceError) => thrown,
  );
  const { reason, publicMessage, metadata, violations } = error;
  note(told, `gRPC error of ${name}`, { reason, publicMessage, metadata, violations });
}

/** A conversation with a canary in each of its roles. */
export const messages = [
  { role: 'system', content: PLANTED.systemPrompt },
  { role: 'user', content: `${PLANTED.prompt} please call the tool` },
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{}' } }],
  },
  { role: 'tool', tool_call_id: 'c1', content: PLANTED.toolResult },
];

/** Posts a body with a key. @returns the answer's text; an error's is kept */
export async function post(
  fleet: RunningFleet,
  told: Told,
  { body, key = fleet.apiKey }: { body: unknown; key?: string },
) {
  const answer = await fetch(`${fleet.httpUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  const isError = !answer.ok || text.includes('"error"');
  if (isError) note(told, `HTTP ${answer.status}`, `${text} ${JSON.stringify([...answer.headers])}`);
  return { text, isError };
}
