import type { ServerKind } from '../server-handle.ts';
import { oldestText } from './server-version.ts';

const INSTALL: Readonly<Record<ServerKind, string>> = {
  nats: 'put nats-server on PATH (macOS: `brew install nats-server`; elsewhere: https://nats.io/download)',
  postgres: 'put postgres and initdb on PATH (Debian and Ubuntu keep them in /usr/lib/postgresql/*/bin)',
  redis: 'put redis-server on PATH (macOS: `brew install redis`; elsewhere: the package redis-server)',
};

/** One sentence that says what to do when no source has a server. */
export function installAdvice(options: {
  kind: ServerKind;
  /** Why each source that was tried has none. */
  refusals: readonly string[];
  givenName: string | undefined;
}): string {
  const { kind, refusals, givenName } = options;
  const ways = [
    INSTALL[kind],
    'start Docker',
    ...(givenName === undefined ? [] : [`set ${givenName} to the URL of one`]),
  ];
  return `${oldestText(kind)} or newer is needed and not to be had here (${refusals.join('; ')}): ${ways.join(', or ')}.`;
}
