import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** What a logger writes of something, in a process of its own: it writes to standard output. */
function written(what: object): string {
  const logger = JSON.stringify(join(import.meta.dirname, 'logger.ts'));
  const script = `import { createLogger } from ${logger};
    createLogger({ service: 'test', level: 'info' }).info(${JSON.stringify(what)}, 'said');`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).stdout;
}

test.each([
  'authorization',
  'apiKey',
  'secret',
  'password',
  'value',
  'token',
  'cookie',
  'prompt',
  'messages',
  'body',
])('what is called %s reaches no log, at the top and two levels down', (name) => {
  const planted = { [name]: 'canary-1', a: { [name]: 'canary-2', b: { [name]: 'canary-3' } } };
  const line = written(planted);
  expect(JSON.parse(line)).toMatchObject({ service: 'test', level: 'info', msg: 'said' });
  expect(line).toContain('[redacted]');
  expect(line).not.toContain('canary');
});

test('all else is written, and the header that holds a key is not', () => {
  const line = written({ provider: 'p', headers: { 'x-api-key': 'canary', host: 'h' } });
  expect(JSON.parse(line)).toMatchObject({
    provider: 'p',
    headers: { 'x-api-key': '[redacted]', host: 'h' },
  });
});
