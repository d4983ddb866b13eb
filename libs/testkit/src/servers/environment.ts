import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServerKind } from './server-handle.ts';

/** The only place of the launcher that reads the environment. */

/** Variables by which a test run is given servers that run already. */
export const GIVEN_VARIABLES: Readonly<Record<ServerKind, string>> = {
  nats: 'SWITCHYARD_TEST_NATS_URL',
  postgres: 'SWITCHYARD_TEST_POSTGRES_URL',
  redis: 'SWITCHYARD_TEST_REDIS_URL',
};

export function givenUrl(kind: ServerKind): string | undefined {
  return process.env[GIVEN_VARIABLES[kind]] || undefined;
}

export function pathFolders(): string[] {
  return (process.env.PATH ?? '').split(delimiter).filter((folder) => folder.startsWith('/'));
}

/** For package tools, which need the proxy settings and certificates of the machine. */
export function inheritedEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, LC_ALL: 'C' };
}

/**
 * For servers: nothing inherited but PATH, so that a PGPORT or a TZ of the user's changes nothing and no secret
 * of theirs shows in the server's environment.
 */
export function serverEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...more };
}

/** Where the engine listens, when the user has said so. */
export function dockerHost(): string | undefined {
  return process.env.DOCKER_HOST || undefined;
}

export function runtimeFolder(): string | undefined {
  return process.env.XDG_RUNTIME_DIR || undefined;
}

/** `.switchyard/servers` in the root of the workspace. */
export const DEFAULT_CACHE_DIR = fileURLToPath(new URL('../../../../.switchyard/servers', import.meta.url));
