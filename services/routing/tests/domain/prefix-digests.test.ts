import { CompleteRequest, Role, Tool } from '@switchyard/contracts/routing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { prefixesOf } from '../../src/domain/prefix/prefix-digests.ts';

const chat = (...texts: string[]) =>
  CompleteRequest.fromPartial({
    messages: texts.map((value) => ({ role: Role.USER, parts: [{ content: { $case: 'text', value } }] })),
  });
const digests = (tenant: string, request: CompleteRequest) =>
  (prefixesOf(tenant, request)?.prefixes ?? []).map(({ digest }) => digest);

test('beginnings have names up to where they are alike, wherever the texts are cut', () => {
  const word = fc.constantFrom('switchyard ', 'é ', '0123456789');
  const text = fc.array(word, { minLength: 500, maxLength: 3_000 }).map((words) => words.join(''));
  fc.assert(
    fc.property(text, fc.string(), fc.string(), (document, one, other) => {
      const [a, b] = [
        digests('t', chat(`${document}${one}`)),
        digests('t', chat(`${document}${other}`, 'more')),
      ];
      const common = Buffer.byteLength(document) + 1;
      const named = (prefixesOf('t', chat(document))?.prefixes ?? []).filter(({ bytes }) => bytes <= common);
      expect(a.slice(0, named.length)).toEqual(named.map(({ digest }) => digest));
      expect(b.slice(0, named.length)).toEqual(a.slice(0, named.length));
    }),
    { numRuns: 50 },
  );
});

test('lengths grow by a half or a third, up to some hundred thousand tokens', () => {
  const prefixes = prefixesOf('t', chat('x'.repeat(3_000_000)));
  expect(prefixes?.prefixes.map(({ bytes }) => bytes).slice(0, 5)).toEqual([
    4_096, 6_144, 8_192, 12_288, 16_384,
  ]);
  expect(prefixes?.prefixes).toHaveLength(18);
  expect(prefixes?.totalBytes).toBe(3_000_001);
});

test('another tenant, another speaker, another tool or a change in the beginning has other names', () => {
  const text = 'x'.repeat(10_000);
  const request = chat(text);
  const [message] = request.messages as [CompleteRequest['messages'][number]];
  const others = [
    digests('u', request),
    digests('t', { ...request, messages: [{ ...message, role: Role.SYSTEM }] }),
    digests('t', {
      ...request,
      tools: [Tool.fromPartial({ name: 'f' })],
    }),
    digests('t', chat(`y${text}`)),
  ];
  for (const other of others) expect(other[0]).not.toBe(digests('t', request)[0]);
});

test('what is short, or no text, has none', () => {
  expect(digests('t', chat('x'.repeat(4_000)))).toEqual([]);
  const image = CompleteRequest.fromPartial({
    messages: [
      { role: Role.USER, parts: [{ content: { $case: 'image', value: { mediaType: 'image/png' } } }] },
    ],
  });
  expect(prefixesOf('t', image)).toBeUndefined();
});
