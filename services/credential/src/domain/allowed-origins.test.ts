import { expect, test } from 'vitest';
import { normalizeOrigin, normalizeOrigins } from './allowed-origins.ts';

const NORMAL = [
  ['https://api.openai.com', 'https://api.openai.com'],
  ['HTTPS://API.OpenAI.com', 'https://api.openai.com'],
  ['https://api.openai.com/', 'https://api.openai.com'],
  ['https://api.openai.com:443', 'https://api.openai.com'],
  ['http://localhost:11434', 'http://localhost:11434'],
  ['http://127.0.0.1:80', 'http://127.0.0.1'],
  ['http://[::1]:8080', 'http://[::1]:8080'],
  ['https://bücher.example', 'https://xn--bcher-kva.example'],
  ['postgresql://db.example.com', 'postgresql://db.example.com:5432'],
  ['PostgreSQL://DB.example.com:6432/', 'postgresql://db.example.com:6432'],
  ['postgresql://0x7f.1:80', 'postgresql://127.0.0.1:80'],
  ['postgresql://[::1]:5433', 'postgresql://[::1]:5433'],
  ['postgresql://[::1]', 'postgresql://[::1]:5432'],
  ['postgresql://db.example.com:21', 'postgresql://db.example.com:21'],
  ['SMTPS://Mail.example.com/', 'smtps://mail.example.com:465'],
  ['smtp://mail.example.com', 'smtp://mail.example.com:587'],
  ['smtp://mail.example.com:25', 'smtp://mail.example.com:25'],
] as const;

const WRONG = [
  '',
  'api.openai.com',
  'ftp://api.openai.com',
  'javascript:alert(1)',
  'https://',
  'https:///path',
  'https:api.openai.com',
  'https:\\\\api.openai.com',
  'https://api.openai.com/v1',
  'postgresql://db.example.com/app',
  'postgresql://user:password@db.example.com',
  'postgresql://',
  'https://api.openai.com//',
  'https://api.openai.com?x=1',
  'https://api.openai.com#x',
  'https://user@api.openai.com',
  'https://user:password@api.openai.com',
  'https://*.openai.com',
  'https://api.openai.com:99999',
  'https://api.openai.com:port',
  'https://api .openai.com',
  'https://api\t.openai.com',
  '\nhttps://api.openai.com',
  'https://a%2eb.com',
  'https://a|b.com',
  'https://a,https://b',
  `https://${'a'.repeat(300)}.com`,
  'null',
];

test.each(NORMAL)('%s is kept as %s', (text, origin) => {
  expect(normalizeOrigin(text)).toEqual({ ok: true, value: origin });
});

test.each(WRONG)('%j is no origin', (text) => {
  expect(normalizeOrigin(text).ok).toBe(false);
});

test('origins are kept once each, in order, and a wrong one is named by its place', () => {
  expect(normalizeOrigins(['https://b', 'https://a', 'https://B/'])).toEqual({
    ok: true,
    value: ['https://a', 'https://b'],
  });
  expect(normalizeOrigins(['https://a', 'x'])).toMatchObject({
    ok: false,
    error: { field: 'allowed_origins[1]' },
  });
  const many = Array.from({ length: 33 }, (_, i) => `https://h${i}`);
  expect(normalizeOrigins(many)).toMatchObject({ ok: false, error: { field: 'allowed_origins' } });
});
