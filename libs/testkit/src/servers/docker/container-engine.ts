import { request } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { dockerHost, runtimeFolder } from '../environment.ts';

/** Whether an engine with Docker's API answers on this machine, or why not, as a part of a sentence. */
export type EngineSearch = { readonly type: 'answers' } | { readonly type: 'silent'; readonly why: string };

const PING_TIMEOUT_MS = 2_000;

/**
 * Asks where Docker, Docker Desktop and rootless engines listen. Done by hand and before testcontainers is loaded, which takes a second to
 * find that there is none.
 */
export async function findContainerEngine(hosts: readonly string[] = defaultHosts()): Promise<EngineSearch> {
  for (const host of hosts) {
    if (await ping(host)) return { type: 'answers' };
  }
  return { type: 'silent', why: 'no Docker engine answers' };
}

function defaultHosts(): string[] {
  const given = dockerHost();
  if (given !== undefined) return [given];
  const runtime = runtimeFolder();
  const rootless = runtime === undefined ? [] : [join(runtime, 'docker.sock')];
  const desktop = [
    join(homedir(), '.docker/run/docker.sock'),
    join(homedir(), '.docker/desktop/docker.sock'),
  ];
  return ['/var/run/docker.sock', ...rootless, ...desktop].map((path) => `unix://${path}`);
}

/** `GET /_ping`: https://docs.docker.com/reference/api/engine/ */
function ping(host: string): Promise<boolean> {
  const target = parseHost(host);
  if (target === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const call = request({ ...target, path: '/_ping', timeout: PING_TIMEOUT_MS }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.once('timeout', () => call.destroy());
    call.once('error', () => resolve(false));
    call.once('close', () => resolve(false));
    call.end();
  });
}

/** TLS engines (`DOCKER_TLS_VERIFY`) are left to users who name their servers by URL. */
function parseHost(host: string): { socketPath: string } | { host: string; port: number } | undefined {
  const url = URL.parse(host);
  if (url === null) return undefined;
  if (url.protocol === 'unix:') return { socketPath: url.pathname };
  return url.protocol === 'tcp:' || url.protocol === 'http:'
    ? { host: url.hostname, port: Number(url.port || 2375) }
    : undefined;
}
