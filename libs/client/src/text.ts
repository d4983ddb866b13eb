import { type Message, Role } from '@switchyard/contracts/routing';
import type { PartialRequest } from './switchyard-client.ts';

/** A request of one user message. */
export const textRequest = (model: string, text: string): PartialRequest => ({
  model,
  messages: [{ role: Role.USER, parts: [{ content: { $case: 'text', value: text } }] }],
});

/** The text of a message, its other parts left out. */
export const textOf = (message: Message | undefined): string =>
  (message?.parts ?? []).map(({ content }) => (content?.$case === 'text' ? content.value : '')).join('');
