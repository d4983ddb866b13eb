import { waitUntil } from '../process/wait-until.ts';
import type { ServerHandle, ServerKind } from '../server-handle.ts';
import { ServerStartError } from '../server-start-error.ts';
import { isRecentEnough, oldestText, PRODUCT_NAMES } from '../source/server-version.ts';
import type { ServerDefinition } from './server-definition.ts';

const STANDARD_PORTS: Readonly<Record<ServerKind, number>> = { nats: 4222, postgres: 5432, redis: 6379 };

/** A given server may still be starting, as in a CI job. */
const GIVEN_TIMEOUT_MS = 10_000;

/**
 * Checks a server that somebody else runs, and wraps it into a handle that leaves it alone.
 * @throws {ServerStartError} `GIVEN_UNUSABLE`
 */
export async function useGivenServer(
  definition: ServerDefinition,
  given: { url: string; name: string | undefined; timeoutMs?: number | undefined },
): Promise<ServerHandle> {
  const { kind } = definition;
  const target = parseGivenUrl(kind, given);
  let why = '';
  const ask = (): Promise<string | undefined> =>
    definition.probe(given.url).catch((error: Error) => {
      why = error.message;
      return undefined;
    });
  const version = await waitUntil({ ask, timeoutMs: given.timeoutMs ?? GIVEN_TIMEOUT_MS, intervalMs: 200 });
  if (version === undefined) throw unusable(kind, given.name, `${target.host}:${target.port}: ${why}`);
  if (!isRecentEnough(kind, version)) {
    throw unusable(kind, given.name, `version ${version} is older than ${oldestText(kind)}`);
  }
  const refuse = (): Promise<never> => Promise.reject(notOurs(kind));
  return {
    kind,
    url: given.url,
    ...target,
    source: 'given',
    version,
    pid: undefined,
    reused: false,
    logFile: undefined,
    stop: async () => {},
    kill: refuse,
    restart: refuse,
    [Symbol.asyncDispose]: async () => {},
  };
}

function parseGivenUrl(
  kind: ServerKind,
  given: { url: string; name: string | undefined },
): { host: string; port: number } {
  // NATS URLs may list several servers with commas; the first will do for a check.
  const first = kind === 'nats' ? given.url.split(',')[0] : given.url;
  const url = URL.parse(first ?? '');
  if (url === null || url.hostname === '') throw unusable(kind, given.name, 'it is not a URL with a host');
  return { host: url.hostname, port: url.port === '' ? STANDARD_PORTS[kind] : Number(url.port) };
}

/** Names the variable and not the URL, which may hold a password. */
function unusable(kind: ServerKind, name: string | undefined, why: string): ServerStartError {
  const where = name === undefined ? 'at the URL given' : `at the URL in ${name}`;
  const message = `The ${PRODUCT_NAMES[kind]} server ${where} can't be used: ${why}`;
  return new ServerStartError({ kind, reason: 'GIVEN_UNUSABLE', message });
}

function notOurs(kind: ServerKind): ServerStartError {
  const message = `This ${PRODUCT_NAMES[kind]} server was given by its URL: only a server that was started here can be killed or restarted`;
  return new ServerStartError({ kind, reason: 'NOT_OURS', message });
}
