/**
 * Encodes any text as one NATS subject token: letters, digits, `-` and `_` stay, every other byte becomes `=XX` (hex).
 * Reversible by {@link decodeSubjectToken}; an empty text becomes `=`.
 */
export function encodeSubjectToken(text: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(text)) return text;
  if (text === '') return '=';
  let token = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const char = String.fromCharCode(byte);
    token += /[A-Za-z0-9_-]/.test(char) ? char : `=${byte.toString(16).padStart(2, '0')}`;
  }
  return token;
}

/** Reads back what {@link encodeSubjectToken} wrote; `undefined` for a token it cannot have written. */
export function decodeSubjectToken(token: string): string | undefined {
  if (token === '=') return '';
  if (!/^([A-Za-z0-9_-]|=[0-9a-f]{2})+$/.test(token)) return undefined;
  const bytes: number[] = [];
  for (let i = 0; i < token.length; i++) {
    if (token[i] === '=') {
      bytes.push(Number.parseInt(token.slice(i + 1, i + 3), 16));
      i += 2;
    } else bytes.push(token.charCodeAt(i));
  }
  return Buffer.from(bytes).toString('utf8');
}
