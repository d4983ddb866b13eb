import { type CatalogProvider, findWireFormat, type WireFormat } from '@switchyard/llm';
import { expect, test } from 'vitest';
import { authStyleOf } from '../../src/domain/provider/auth-style-of.ts';

const format = findWireFormat('openai-chat') as WireFormat;
const entry = (auth: readonly string[], wireFormat = 'openai-chat') =>
  ({ auth, wireFormat }) as unknown as CatalogProvider;

test.each([
  ['what the operator states', { stated: 'api-key', entry: entry(['bearer']) }, 'api-key'],
  ['no key, where the operator says so', { stated: 'none', entry: entry(['bearer']) }, 'none'],
  ["the catalog's first", { stated: '', entry: entry(['x-api-key', 'bearer']) }, 'x-api-key'],
  ["the catalog's first that is known", { stated: '', entry: entry(['ibm-iam', 'api-key']) }, 'api-key'],
  ["the format's behind another format", { stated: '', entry: entry(['x-api-key'], 'gemini') }, 'bearer'],
  ["the format's where the catalog knows no key", { stated: '', entry: entry(['none']) }, 'bearer'],
  ["the format's without an entry", { stated: '', entry: undefined }, 'bearer'],
])('a key is shown as: %s', (_name, source, style) => {
  expect(authStyleOf({ ...source, format })).toBe(style);
});
