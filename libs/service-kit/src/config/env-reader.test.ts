import { expect, test } from 'vitest';
import { ConfigError, EnvReader } from './env-reader.ts';

test('every problem is told at once, with the name of its variable', () => {
  const reader = new EnvReader({
    A_PORT: 'seven',
    A_MODE: 'x',
    A_URL: 'ftp://user:secret@host',
    A_FLAG: '1',
  });
  reader.port('A_PORT', 1);
  reader.choice('A_MODE', ['on', 'off'], 'on');
  reader.url('A_URL', ['http', 'https']);
  reader.flag('A_FLAG', false);
  reader.text('A_NAME');
  let thrown: unknown;
  try {
    reader.finish();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(ConfigError);
  const { problems, message } = thrown as ConfigError;
  expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
    'A_PORT',
    'A_MODE',
    'A_URL',
    'A_FLAG',
    'A_NAME',
  ]);
  expect(message).not.toContain('secret');
});

test('defaults apply where a variable is absent or empty', () => {
  const reader = new EnvReader({ A_PORT: '' });
  expect(reader.port('A_PORT', 7001)).toBe(7001);
  expect(reader.list('A_LIST')).toEqual([]);
  expect(() => reader.finish()).not.toThrow();
});

test('a variable can come from a file, and a missing file is a problem', () => {
  const reader = new EnvReader({ A_SECRET_FILE: '/nonexistent/secret' });
  expect(reader.optional('A_SECRET')).toBeUndefined();
  expect(() => reader.finish()).toThrow(/A_SECRET_FILE/);
});
