import type { FieldReader } from '../field-reader.ts';

interface Refusal {
  /** What may stand there all the same: it changes nothing. */
  readonly harmless: (value: unknown) => boolean;
  /** What is wrong, and the way out. */
  readonly text: string;
}

const never = () => false;

/** Documented fields that are not offered. Nothing is kept between requests, so what refers to earlier ones cannot be. */
const REFUSED: Readonly<Record<string, Refusal>> = {
  store: { harmless: (value) => value === false, text: 'responses are not kept; leave it out or send false' },
  previous_response_id: {
    harmless: never,
    text: 'responses are not kept; send the earlier items in input, with the output of the answer before',
  },
  conversation: { harmless: never, text: 'conversations are not kept; send the earlier items in input' },
  background: {
    harmless: (value) => value === false,
    text: 'answers are not made in the background; leave it out and use stream',
  },
  prompt: { harmless: never, text: 'stored prompts are not offered; send instructions and input' },
  truncation: {
    harmless: (value) => value === 'disabled',
    text: 'must be disabled: the conversation is never cut',
  },
  top_logprobs: { harmless: (value) => value === 0, text: 'log probabilities are not offered' },
  include: {
    harmless: (value) =>
      Array.isArray(value) && value.every((name) => name === 'reasoning.encrypted_content'),
    text: 'may hold reasoning.encrypted_content only, which is always told',
  },
};

/** Refuses by name what cannot be honoured. */
export function refuseUnofferedFields(body: FieldReader): void {
  for (const [name, { harmless, text }] of Object.entries(REFUSED)) {
    if (body.has(name) && !harmless(body.object[name])) body.refuse(name, text);
  }
}

/** Fields that the canonical request decides, or that are refused; they never pass through. */
export const RESERVED_FIELDS: ReadonlySet<string> = new Set([
  ...Object.keys(REFUSED),
  'model',
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'text',
  'reasoning',
  'max_output_tokens',
  'temperature',
  'top_p',
  'stream',
  'stream_options',
  'user',
  'switchyard',
]);
