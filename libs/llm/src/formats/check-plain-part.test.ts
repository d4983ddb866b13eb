import { type Media, Role } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { checkPlainPart } from './check-plain-part.ts';
import type { PartContent } from './parts.ts';

const media: Media = { source: undefined, mediaType: '', filename: '', detail: '' } as unknown as Media;
const image: PartContent = { $case: 'image', value: media };
const text: PartContent = { $case: 'text', value: 'hello' };
const check = (content: PartContent, role: Role, within?: 'tool_result') =>
  checkPlainPart(content, { role, within } as Parameters<typeof checkPlainPart>[1], () => 'is checked');

test('a tool result holds text alone', () => {
  expect(check(text, Role.TOOL, 'tool_result')).toBeUndefined();
  expect(check(image, Role.TOOL, 'tool_result')).toBe('only text fits in a tool result here');
});

test('a tool message holds results alone, and images are the user’s, as the format takes them', () => {
  expect(check(text, Role.TOOL)).toBe('only tool results fit in a tool message');
  expect(check(image, Role.ASSISTANT)).toBe('only fits in a user message here');
  expect(check(image, Role.USER)).toBe('is checked');
});
