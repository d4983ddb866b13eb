import {
  anything,
  choice,
  decimal,
  dictionary,
  either,
  flag,
  integer,
  list,
  notSimulated,
  nullable,
  record,
  required,
  type Shape,
  tagged,
  text,
} from '../../shape/shape.ts';

/** `POST /v1/responses`, the fields that the simulator looks at. */
export interface ResponsesRequest {
  readonly model: string;
  readonly input: string | readonly InputItem[];
  readonly instructions?: string | null;
  readonly stream?: boolean | null;
  readonly store?: boolean | null;
  readonly include?: readonly string[] | null;
  readonly tools?: readonly ResponsesTool[];
  readonly tool_choice?: string | { readonly type: 'function'; readonly name: string };
  readonly parallel_tool_calls?: boolean | null;
  readonly max_output_tokens?: number | null;
  readonly reasoning?: { readonly effort?: string | null } | null;
  readonly text?: { readonly format?: { readonly type: string; readonly schema?: unknown } };
}

export type InputItem =
  | {
      readonly type: 'message';
      readonly role: 'user' | 'assistant' | 'system' | 'developer';
      readonly content: string | readonly InputPart[];
    }
  | {
      readonly type: 'function_call';
      readonly call_id: string;
      readonly name: string;
      readonly arguments: string;
    }
  | {
      readonly type: 'function_call_output';
      readonly call_id: string;
      readonly output: string | readonly InputPart[];
    }
  | { readonly type: 'reasoning'; readonly id?: string; readonly encrypted_content?: string | null };

export interface InputPart {
  readonly type: 'input_text' | 'input_image' | 'input_file' | 'output_text' | 'refusal';
  readonly text?: string;
  readonly refusal?: string;
}

export interface ResponsesTool {
  readonly name: string;
  readonly parameters: unknown;
}

const name = text({ maxLength: 64, pattern: /^[a-zA-Z0-9_-]+$/ });
const status = choice('in_progress', 'completed', 'incomplete');

const inputParts = {
  input_text: record({ text: required(text()) }),
  input_image: record({
    image_url: nullable(text({ pattern: /^(?:https?:\/\/|data:image\/)/ })),
    file_id: nullable(text()),
    detail: choice('auto', 'low', 'high'),
  }),
  input_file: record({
    file_data: text({ pattern: /^data:/ }),
    file_id: nullable(text()),
    file_url: text(),
    filename: text(),
  }),
};

const part = tagged('type', {
  ...inputParts,
  output_text: record({ text: required(text()), annotations: list(anything), logprobs: list(anything) }),
  refusal: record({ refusal: required(text()) }),
});

const item = tagged('type', {
  message: record({
    id: text({ pattern: /^msg_/ }),
    role: required(choice('user', 'assistant', 'system', 'developer')),
    content: required(either(text(), list(part))),
    status,
  }),
  function_call: record({
    id: text({ pattern: /^fc_/ }),
    call_id: required(text({ maxLength: 64 })),
    name: required(name),
    arguments: required(text()),
    status,
  }),
  function_call_output: record({
    id: text(),
    call_id: required(text({ maxLength: 64 })),
    output: required(either(text(), list(tagged('type', inputParts)))),
    status,
  }),
  reasoning: record({
    id: text({ pattern: /^rs_/ }),
    summary: required(list(tagged('type', { summary_text: record({ text: required(text()) }) }))),
    encrypted_content: nullable(text()),
    status,
  }),
  item_reference: notSimulated,
});

const format = tagged('type', {
  text: record({}),
  json_object: record({}),
  json_schema: record({
    name: required(name),
    description: text(),
    schema: required(dictionary()),
    strict: nullable(flag),
  }),
});

const tool = tagged('type', {
  function: record({
    name: required(name),
    description: nullable(text()),
    parameters: required(nullable(dictionary())),
    strict: required(nullable(flag)),
  }),
  custom: notSimulated,
  web_search: notSimulated,
  file_search: notSimulated,
  code_interpreter: notSimulated,
});

/** The form of `ResponsesRequest`, with the fields that the real API documents. */
export const responsesRequestShape: Shape = record({
  model: required(text()),
  input: required(either(text(), list(item, { min: 1 }))),
  instructions: nullable(text()),
  stream: nullable(flag),
  stream_options: nullable(record({ include_obfuscation: flag })),
  store: nullable(flag),
  include: nullable(list(choice('reasoning.encrypted_content', 'message.output_text.logprobs'))),
  tools: list(tool, { max: 128 }),
  tool_choice: either(
    choice('none', 'auto', 'required'),
    tagged('type', { function: record({ name: required(text()) }), allowed_tools: notSimulated }),
  ),
  parallel_tool_calls: nullable(flag),
  // The real API's own bound.
  max_output_tokens: nullable(integer({ min: 16 })),
  max_tool_calls: nullable(integer({ min: 1 })),
  temperature: nullable(decimal({ min: 0, max: 2 })),
  top_p: nullable(decimal({ min: 0, max: 1 })),
  reasoning: nullable(
    record({
      effort: nullable(choice('none', 'minimal', 'low', 'medium', 'high', 'xhigh')),
      summary: nullable(choice('auto', 'concise', 'detailed')),
    }),
  ),
  text: record({ format, verbosity: nullable(choice('low', 'medium', 'high')) }),
  user: text(),
  metadata: nullable(dictionary(text({ maxLength: 512 }))),
  service_tier: nullable(choice('auto', 'default', 'flex', 'priority')),
  truncation: nullable(choice('auto', 'disabled')),
  safety_identifier: nullable(text({ maxLength: 64 })),
  prompt_cache_key: nullable(text()),
  prompt_cache_retention: nullable(choice('in_memory', '24h')),
  top_logprobs: notSimulated,
  background: notSimulated,
  conversation: notSimulated,
  previous_response_id: notSimulated,
  prompt: notSimulated,
});
