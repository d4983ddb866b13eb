import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { freePorts } from '../settings/free-port-plan.ts';
import { listLocalModels, readModels } from './list-local-models.ts';

/** For answers that come at once: longer than any machine stands still. */
const PATIENT_MS = 15_000;
let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

it('lists the models of a server that speaks OpenAI’s format', async () => {
  const asked: string[] = [];
  const url = await serve((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    // As Ollama 0.12 answers: https://docs.ollama.com/api/openai-compatibility
    response.end(
      '{"object":"list","data":[{"id":"llama3.2:latest","object":"model","created":1,"owned_by":"library"}]}\n',
    );
  });
  expect(await listLocalModels(url, PATIENT_MS)).toEqual({ kind: 'models', models: ['llama3.2:latest'] });
  expect(asked).toEqual(['GET /v1/models']);
});

it('does not wait for a server that says nothing', async () => {
  const url = await serve(() => {});
  expect(await listLocalModels(url, 200)).toEqual({ kind: 'none', why: 'no answer within 200 ms' });
});

it('takes no for an answer where nobody listens', async () => {
  const [port] = await freePorts(1);
  expect(await listLocalModels(`http://127.0.0.1:${port}/v1`, PATIENT_MS)).toEqual({
    kind: 'none',
    why: 'ECONNREFUSED',
  });
});

it('follows no redirect to an address that nobody named', async () => {
  let followed = 0;
  const url = await serve((request, response) => {
    if (request.url === '/elsewhere') followed += 1;
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  expect((await listLocalModels(url)).kind).toBe('none');
  expect(followed).toBe(0);
});

it('stops reading an answer that has no end', async () => {
  let sent = 0;
  const url = await serve((_, response) => {
    const send = () => {
      let hasRoom = true;
      while (hasRoom && sent < 64 * 1024 * 1024) {
        hasRoom = response.write('x'.repeat(65_536));
        sent += 65_536;
      }
    };
    response.on('drain', send);
    send();
  });
  expect((await listLocalModels(url, 5_000)).kind).toBe('none');
  expect(sent).toBeLessThan(32 * 1024 * 1024);
});

it('leaves alone what is something else on that port, and says why', async () => {
  const url = await serve((_, response) => response.writeHead(401).end('who are you?'));
  expect(await listLocalModels(url, PATIENT_MS)).toEqual({
    kind: 'none',
    why: 'it answers 401 to /v1/models',
  });
});

it.each([
  ['<html>a web page</html>', 'its answer is not JSON'],
  ['{"models": []}', 'its answer is not a list of models'],
  ['null', 'its answer is not a list of models'],
  ['{"data": []}', 'it has no model for chats'],
  ['{"data": [null, {"id": 7}, {"id": ""}, {"id": "nomic-embed-text"}]}', 'it has no model for chats'],
])('finds no model in %s', (text, why) => {
  expect(readModels(text)).toEqual({ kind: 'none', why });
});

it('names each model once, and at most a thousand', () => {
  const data = Array.from({ length: 3_000 }, (_, at) => ({ id: `model-${at % 1_500}` }));
  const found = readModels(JSON.stringify({ data }));
  const models = found.kind === 'models' ? found.models : [];
  expect(models).toHaveLength(1_000);
  expect(new Set(models).size).toBe(1_000);
});
