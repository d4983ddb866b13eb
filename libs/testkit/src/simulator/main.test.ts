import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { optionsFromEnvironment } from './options/options-from-environment.ts';
import { DIALECTS, type Dialect } from './testing/dialects.ts';
import { exchange } from './testing/raw-exchange.ts';

let child: ChildProcess;
afterEach(() => child?.kill('SIGKILL'));

function start(env: Record<string, string>): Promise<{ line: string; error: string }> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  child = spawn(process.execPath, [main], { env: { PATH: process.env.PATH, ...env } });
  const { promise, resolve } = Promise.withResolvers<{ line: string; error: string }>();
  let error = '';
  child.stderr?.on('data', (text) => {
    error += text;
  });
  child.stdout?.once('data', (text) => resolve({ line: String(text), error }));
  child.once('exit', () => resolve({ line: '', error }));
  return promise;
}

describe('the process', () => {
  test('says in one line of JSON where it is, and ends running answers before it exits', async () => {
    const latency = { firstTokenMs: 1_000 };
    const providers = [{ name: 'only', format: 'openai-chat', latency }];
    const { line } = await start({ SIMULATOR_PORT: '0', SIMULATOR_CONFIG: JSON.stringify({ providers }) });
    const ready = JSON.parse(line);
    expect(line.endsWith('}\n')).toBe(true);
    expect(ready).toMatchObject({ msg: 'simulator ready', providers: { only: { format: 'openai-chat' } } });
    const call = exchange(ready.providers.only.baseUrl, (DIALECTS[0] as Dialect).request({ stream: true }));
    const stats = { method: 'GET', path: '/stats', headers: {}, body: '' };
    while (!(await exchange(ready.url, stats)).text.includes('"inFlight": 1')) {
      // The request is still on its way.
    }
    child.kill('SIGTERM');
    expect(await call).toMatchObject({ status: 200, ended: 'whole' });
    const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
    expect(code).toBe(0);
  });

  test('says in one sentence what is wrong with its configuration', async () => {
    const { error } = await start({ SIMULATOR_CONFIG: '{"providers":[]}' });
    expect(error).toBe('simulator: providers: must have at least 1 entries, not 0\n');
    expect(child.exitCode).toBe(1);
  });
});

describe('the environment', () => {
  test.each([
    [{ SIMULATOR_PORT: 'x' }, 'SIMULATOR_PORT'],
    [{ SIMULATOR_CONFIG: '{' }, 'SIMULATOR_CONFIG'],
    [{ SIMULATOR_CONFIG: '/no/such/file.json' }, 'SIMULATOR_CONFIG'],
    [{ SIMULATOR_CONFIG: '{"prot":1}' }, 'prot'],
  ])('%j is refused by name', (env, name) => {
    expect(() => optionsFromEnvironment(env)).toThrow(`simulator: ${name}: `);
  });

  test('puts host and port in front of the configuration', () => {
    const env = { SIMULATOR_CONFIG: '{"port":1,"seed":2}', SIMULATOR_PORT: '3' };
    expect(optionsFromEnvironment(env)).toEqual({ port: 3, seed: 2 });
  });
});
