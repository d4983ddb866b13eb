import { expect, test } from 'vitest';
import { credentialHeaders, parseCredential } from './credential.ts';
import { redactCutText, redactText, secretForms } from './redact-secret.ts';

const bytes = (text: string) => Buffer.from(text);

test('basic is parted at the first colon and sent as RFC 7617 says', () => {
  const credential = parseCredential('basic', bytes('Aladdin:open sesame'));
  expect(credential).toEqual({
    ok: true,
    value: { kind: 'basic', user: 'Aladdin', password: 'open sesame' },
  });
  // The example of RFC 7617 §2.
  if (credential.ok) {
    expect(credentialHeaders(credential.value, 'x-api-key')).toEqual({
      authorization: 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
    });
  }
});

test('bearer and API key are sent in their headers', () => {
  expect(credentialHeaders({ kind: 'bearer', token: 't' }, 'x-api-key')).toEqual({
    authorization: 'Bearer t',
  });
  expect(credentialHeaders({ kind: 'api_key', key: 'k' }, 'x-key')).toEqual({ 'x-key': 'k' });
});

test.each([
  ['basic', ''],
  ['basic', 'nocolon'],
  ['basic', ':hunter22'],
  ['basic', 'ann-reader:'],
  ['basic', 'user:pass\n'],
  ['bearer', ''],
  ['bearer', 'token\r\nx-injected: 1'],
  ['bearer', 'tök'],
  ['bearer', ' token'],
  ['api_key', 'key\n'],
] as const)('a secret for %s of %j is refused without a word of it', (authType, text) => {
  const credential = parseCredential(authType, bytes(text));
  expect(credential.ok).toBe(false);
  if (!credential.ok && text.length > 3) expect(credential.error).not.toContain(text.slice(0, 4));
});

test('bytes that are no UTF-8 are refused', () => {
  expect(parseCredential('bearer', Buffer.from([0xff, 0xfe])).ok).toBe(false);
});

test('forms are the whole, the password and base64; the user and what is shorter than 4 are not', () => {
  const forms = secretForms({ kind: 'basic', user: 'reader', password: 'p w' });
  expect(forms).toContain('reader:p w');
  expect(forms).toContain('p%20w');
  expect(forms).not.toContain('p w');
  expect(redactText('reader said reader:p w', forms)).toBe('reader said [redacted]');
});

test('the begun form at the end of a cut text is replaced, and only there', () => {
  const forms = secretForms({ kind: 'bearer', token: 'abcdefghij' });
  expect(redactCutText('x abcdefg', forms)).toBe('x [redacted]');
  expect(redactCutText('x abc', forms)).toBe('x abc');
  expect(redactText('x abcdefg', forms)).toBe('x abcdefg');
});
