import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findContainerEngine } from './container-engine.ts';

let dir: string;
let servers: Server[];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'engine-'));
  servers = [];
});
afterEach(async () => {
  for (const server of servers) server.close();
  await rm(dir, { recursive: true });
});

async function listen(where: string | number, status: number): Promise<Server> {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/_ping' ? status : 404).end('OK');
  });
  servers.push(server);
  server.listen(where as string);
  await once(server, 'listening');
  return server;
}

it('finds an engine at the second socket that is looked at', async () => {
  await listen(join(dir, 'docker.sock'), 200);
  const hosts = [`unix://${dir}/missing.sock`, `unix://${dir}/docker.sock`];
  expect(await findContainerEngine(hosts)).toEqual({ type: 'answers' });
});

it('finds an engine at a TCP address', async () => {
  const server = await listen(0, 200);
  const { port } = server.address() as AddressInfo;
  expect(await findContainerEngine([`tcp://127.0.0.1:${port}`])).toEqual({ type: 'answers' });
});

it('takes a socket that answers with an error, or is nothing, for no engine', async () => {
  await listen(join(dir, 'docker.sock'), 500);
  const hosts = [`unix://${dir}/docker.sock`, 'ssh://host', 'nonsense'];
  expect(await findContainerEngine(hosts)).toEqual({ type: 'silent', why: 'no Docker engine answers' });
});
