import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Simulator } from '../simulator.ts';
import { startSimulator } from '../start-simulator.ts';
import { DIALECTS, type Dialect } from '../testing/dialects.ts';
import { eventually, exchange } from '../testing/raw-exchange.ts';

const openai = DIALECTS[0] as Dialect;
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ attemptLogSize: 5 });
});
afterAll(() => simulator.close());
beforeEach(() => simulator.reset());

const ask = async (method: string, path: string, body: unknown = '') => {
  const seen = await exchange(simulator.url, { method, path, headers: {}, body });
  const json = /^application\/json;/.test(seen.headers['content-type'] ?? '') ? JSON.parse(seen.text) : {};
  return { ...seen, json };
};
const call = (stream = false) =>
  exchange(simulator.providers['sim-openai']?.baseUrl as string, openai.request({ stream }));

describe('over HTTP', () => {
  test('GET / says that it is simulated and where everything is', async () => {
    const { text, headers } = await ask('GET', '/');
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(text).toMatch(/simulated/);
    for (const { baseUrl } of Object.values(simulator.providers)) expect(text).toContain(baseUrl);
    expect(text).toContain('PUT    /control/faults');
  });

  test('GET /stats is what stats() is', async () => {
    await call();
    expect((await ask('GET', '/stats')).json).toEqual(simulator.stats());
    expect((await ask('GET', '/stats')).json.simulated).toBe(true);
  });

  test('GET /stats/attempts pages through JSON lines and tells what was lost', async () => {
    const before = simulator.stats().attemptLog.newestCursor;
    for (let i = 0; i < 7; i++) await call();
    const page = await ask('GET', `/stats/attempts?after=${before}&limit=3`);
    expect(page.headers['content-type']).toBe('application/jsonl; charset=utf-8');
    const lines = page.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ cursor }) => cursor - before)).toEqual([3, 4, 5]);
    expect(page.headers).toMatchObject({ 'x-next-cursor': String(before + 5), 'x-lost': '2' });
    const rest = await ask('GET', `/stats/attempts?after=${before + 5}`);
    expect(rest.text.trimEnd().split('\n')).toHaveLength(2);
    expect((await ask('GET', '/stats/attempts?after=-1')).status).toBe(400);
    expect((await ask('GET', '/stats/attempts?limit=10001')).status).toBe(400);
  });

  test('PUT and DELETE /control/faults set and remove them', async () => {
    const rules = [{ fault: { type: 'status', status: 418 } }];
    const put = await ask('PUT', '/control/faults', { provider: 'sim-openai', rules });
    expect(put.json['sim-openai'].faults).toEqual(rules);
    expect(put.json['sim-gemini'].faults).toEqual([]);
    expect((await call()).status).toBe(418);
    expect((await ask('DELETE', '/control/faults?provider=sim-gemini')).status).toBe(200);
    expect((await call()).status).toBe(418);
    await ask('DELETE', '/control/faults');
    expect((await call()).status).toBe(200);
  });

  test('PUT /control/latency sets it for one provider or for all', async () => {
    const put = await ask('PUT', '/control/latency', { provider: '*', latency: { firstTokenMs: 60 } });
    expect(put.json['sim-gemini'].latency).toEqual({ firstTokenMs: 60 });
    expect((await call()).totalMs).toBeGreaterThanOrEqual(59);
  });

  test('POST /control/reset brings everything back', async () => {
    await ask('PUT', '/control/latency', { provider: '*', latency: { firstTokenMs: 9 } });
    await ask('PUT', '/control/faults', {
      provider: '*',
      rules: [{ fault: { type: 'status', status: 500 } }],
    });
    await ask('PUT', '/control/batches', { provider: '*', batches: { processMs: 9 } });
    await call();
    expect((await ask('POST', '/control/reset')).status).toBe(200);
    expect(simulator.stats().providers['sim-openai']).toMatchObject({ received: 0, faults: {}, models: {} });
    expect(simulator.attempts({ after: 0 })).toMatchObject({ records: [], lost: 0 });
    expect((await ask('GET', '/control')).json['sim-openai']).toEqual({
      faults: [],
      latency: {},
      batches: {},
    });
    expect((await call()).status).toBe(200);
  });

  test.each([
    ['{', '(document)'],
    [{ provider: 'nobody', rules: [] }, 'provider'],
    [{ provider: '*', rules: [{ fault: { type: 'status', status: 99 } }] }, 'rules[0].fault.status'],
  ])('PUT /control/faults refuses %j by the name of the field', async (body, field) => {
    const { status, json } = await ask('PUT', '/control/faults', body);
    expect(status).toBe(400);
    expect(json.errors).toMatchObject([{ field }]);
  });

  test('an unknown path is a 404 that says so', async () => {
    const { status, json } = await ask('GET', '/nothing');
    expect(status).toBe(404);
    expect(json.errors[0].message).toContain('GET /nothing');
  });
});

describe('a simulator', () => {
  test('draws the same faults again after a reset and in another process with the same seed', async () => {
    const rules = [{ probability: 0.5, fault: { type: 'status', status: 500 } as const }];
    const draw = async (drawn: Simulator) => {
      drawn.setFaults({ provider: 'sim-openai', rules });
      const statuses = [];
      for (let i = 0; i < 30; i++) {
        const baseUrl = drawn.providers['sim-openai']?.baseUrl as string;
        statuses.push((await exchange(baseUrl, openai.request({ stream: false }))).status);
      }
      return statuses;
    };
    const first = await draw(simulator);
    simulator.reset();
    expect(await draw(simulator)).toEqual(first);
    await using twin = await startSimulator();
    expect(await draw(twin)).toEqual(first);
    await using other = await startSimulator({ seed: 2 });
    expect(await draw(other)).not.toEqual(first);
  });

  test('can want a token for control and stats, not for its providers', async () => {
    await using guarded = await startSimulator({ controlToken: 'let-me-in' });
    const get = (path: string, headers = {}) =>
      exchange(guarded.url, { method: 'GET', path, headers, body: '' });
    expect((await get('/stats')).status).toBe(401);
    expect((await get('/stats', { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await get('/stats', { authorization: 'Bearer let-me-in' })).status).toBe(200);
    expect((await get('/')).status).toBe(200);
  });

  test('gives a provider a port of its own, without prefix', async () => {
    await using two = await startSimulator({
      providers: [
        { name: 'first', format: 'openai-chat', port: 0 },
        { name: 'second', format: 'openai-chat', answerTokens: 3, tokensPerChunk: 2 },
      ],
    });
    const { first, second } = two.providers;
    expect(new URL(first?.baseUrl as string).pathname).toBe('/');
    expect(new URL(second?.baseUrl as string).pathname).toBe('/second');
    for (const provider of [first, second]) {
      const seen = await exchange(provider?.baseUrl as string, openai.request({ stream: false }));
      expect(seen.status).toBe(200);
    }
    expect(two.stats().providers.first).toMatchObject({ served: 1, tokens: { outputTokens: 48 } });
    expect(two.stats().providers.second).toMatchObject({ served: 1, tokens: { outputTokens: 3 } });
  });

  test('frees its ports when one of them is taken, and says which', async () => {
    const port = Number(new URL(simulator.url).port);
    await expect(startSimulator({ port })).rejects.toThrow(
      `can not listen on 127.0.0.1:${port} (EADDRINUSE)`,
    );
  });

  test('lets running answers end when it closes, and cuts them after the grace time', async () => {
    const closing = await startSimulator();
    closing.setLatency({ provider: '*', latency: { firstTokenMs: 150 } });
    const baseUrl = closing.providers['sim-openai']?.baseUrl as string;
    const running = exchange(baseUrl, openai.request({ stream: true }));
    await eventually(() => closing.stats().providers['sim-openai']?.inFlight === 1);
    await closing.close({ graceMs: 5_000 });
    expect(await running).toMatchObject({ status: 200, ended: 'whole' });
    await using cut = await startSimulator();
    cut.setLatency({ provider: '*', latency: { firstTokenMs: 60_000 } });
    const stuck = exchange(cut.providers['sim-openai']?.baseUrl as string, openai.request({ stream: true }));
    await eventually(() => cut.stats().providers['sim-openai']?.inFlight === 1);
    await cut.close({ graceMs: 50 });
    expect((await stuck).ended).toBe('no-answer');
  });
});
