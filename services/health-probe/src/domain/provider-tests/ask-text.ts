import { Message, Role } from '@switchyard/contracts/routing';

/** A user's message of one text. */
export const askText = (text: string): Message =>
  Message.fromPartial({ role: Role.USER, parts: [{ content: { $case: 'text', value: text } }] });
