import { expect, test } from 'vitest';
import { parseBootstrapKeys } from './bootstrap-key.ts';

const digest = 'ab'.repeat(32);
const good = { name: 'routing', digest, role: 'service', tenant: 'installation', installation: true };
const problems = (value: unknown) => {
  const parsed = parseBootstrapKeys(typeof value === 'string' ? value : JSON.stringify(value));
  return parsed.ok ? [] : parsed.error;
};

test('keys of services and of people are read', () => {
  const parsed = parseBootstrapKeys(
    JSON.stringify([
      good,
      { id: 'root', name: 'ops', digest: 'CD'.repeat(32), role: 'admin', tenant: 'acme' },
    ]),
  );
  expect(parsed).toMatchObject({
    ok: true,
    value: [
      { id: 'key-abababababababab', role: 'service', installation: true },
      { id: 'root', role: 'admin', tenant: 'acme', installation: false },
    ],
  });
});

test.each([
  ['no JSON', '{', 'JSON array'],
  ['no array', {}, 'JSON array'],
  ['no object', [1], 'object'],
  ['unknown field', [{ ...good, rôle: 'x' }], 'rôle'],
  ['no name', [{ ...good, name: undefined }], 'name'],
  ['a key in place of its digest', [{ ...good, digest: 'sy_abc' }], 'digest'],
  ['unknown role', [{ ...good, role: 'root' }], 'role'],
  ['a name that every object has', [{ ...good, role: 'toString' }], 'role'],
  ['no tenant', [{ ...good, tenant: undefined }], 'tenant'],
  ['empty tenant', [{ ...good, tenant: '' }], 'tenant'],
  ['a tenant key for the installation', [{ ...good, installation: false }], 'tenant'],
  ['a text for a truth', [{ ...good, installation: 'yes' }], 'installation'],
  ['a bad id', [{ ...good, id: 'a b' }], 'id'],
  [
    'the same digest twice',
    [
      { ...good, id: 'a' },
      { ...good, id: 'b' },
    ],
    'digest',
  ],
  [
    'the same id twice',
    [
      { ...good, id: 'a' },
      { ...good, id: 'a', digest: 'cd'.repeat(32) },
    ],
    'id',
  ],
  ['too many', Array.from({ length: 101 }, () => good), '100'],
])('%s is refused and named', (_, value, word) => {
  expect(problems(value).join('\n')).toContain(word);
});

test('no problem repeats a digest', () => {
  expect(problems([{ ...good, digest: `${digest}x`, role: 'root' }]).join()).not.toContain(digest);
});
