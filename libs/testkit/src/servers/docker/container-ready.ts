import type { ServerDefinition } from '../launch/server-definition.ts';
import { waitUntil } from '../process/wait-until.ts';
import { ServerStartError } from '../server-start-error.ts';
import { PRODUCT_NAMES } from '../source/server-version.ts';
import type { Container } from './create-container.ts';

const LOG_LINES = 15;

/**
 * Waits until the server in a container answers.
 * @returns its version
 * @throws {ServerStartError} `NOT_READY`, with the last lines of its log
 */
export async function containerReady(options: {
  definition: ServerDefinition;
  container: Container;
  url: string;
  timeoutMs: number;
}): Promise<string> {
  const { definition, container, url, timeoutMs } = options;
  const ask = async (): Promise<Answer | undefined> => {
    const { State } = await container.inspect();
    const version = await definition.probe(url).catch(() => undefined);
    if (version !== undefined) return { version };
    return State.Running ? undefined : { why: 'it ended at once' };
  };
  const answer = (await waitUntil({ ask, timeoutMs, intervalMs: 50 })) ?? {
    why: "it didn't answer within the time allowed",
  };
  if ('version' in answer) return answer.version;
  const { kind } = definition;
  const message = `${PRODUCT_NAMES[kind]} didn't start: ${answer.why}. Its log:\n${await tailOfContainer(container)}`;
  throw new ServerStartError({ kind, reason: 'NOT_READY', message });
}

type Answer = { readonly version: string } | { readonly why: string };

/** The engine puts eight bytes before each piece of output: https://docs.docker.com/reference/api/engine/ (attach). */
async function tailOfContainer(container: Container): Promise<string> {
  const log = await container.logs({ stdout: true, stderr: true, tail: LOG_LINES });
  const lines: string[] = [];
  for (let at = 0; at + 8 <= log.length; at += 8 + log.readUInt32BE(at + 4)) {
    lines.push(log.toString('utf8', at + 8, at + 8 + log.readUInt32BE(at + 4)));
  }
  return lines.join('').trim();
}
