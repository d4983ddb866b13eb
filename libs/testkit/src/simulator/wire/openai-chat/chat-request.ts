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

/** `POST /v1/chat/completions`, the fields that the simulator looks at. */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly stream?: boolean | null;
  readonly stream_options?: { include_usage?: boolean; include_obfuscation?: boolean } | null;
  readonly tools?: readonly ChatTool[];
  readonly tool_choice?: string | ChatToolChoice;
  readonly parallel_tool_calls?: boolean;
  readonly max_tokens?: number | null;
  readonly max_completion_tokens?: number | null;
  readonly stop?: string | readonly string[] | null;
  readonly reasoning_effort?: string | null;
  readonly response_format?: { type: string; json_schema?: { schema?: unknown } };
  readonly service_tier?: string | null;
}

export interface ChatMessage {
  readonly role: 'developer' | 'system' | 'user' | 'assistant' | 'tool';
  readonly content?: string | readonly ChatPart[] | null;
  readonly tool_calls?: readonly { id: string; function: { name: string; arguments: string } }[];
  readonly tool_call_id?: string;
}

export interface ChatPart {
  readonly type: 'text' | 'refusal' | 'image_url' | 'input_audio' | 'file';
  readonly text?: string;
  readonly refusal?: string;
}

export interface ChatTool {
  readonly type: 'function';
  readonly function: { name: string; parameters?: unknown };
}

export type ChatToolChoice =
  | { readonly type: 'function'; readonly function: { name: string } }
  | {
      readonly type: 'allowed_tools';
      readonly allowed_tools: {
        mode: 'auto' | 'required';
        tools: readonly { function?: { name?: string } }[];
      };
    };

const functionName = text({ maxLength: 64, pattern: /^[a-zA-Z0-9_-]+$/ });
const breakpoint = dictionary();
const textPart = record({ text: required(text()), prompt_cache_breakpoint: breakpoint });
const textOrParts = either(text(), list(tagged('type', { text: textPart }), { min: 1 }));

const userParts = tagged('type', {
  text: textPart,
  image_url: record({
    image_url: required(record({ url: required(text()), detail: choice('auto', 'low', 'high', 'original') })),
    prompt_cache_breakpoint: breakpoint,
  }),
  input_audio: record({
    input_audio: required(record({ data: required(text()), format: required(choice('wav', 'mp3')) })),
    prompt_cache_breakpoint: breakpoint,
  }),
  file: record({
    file: required(record({ file_data: text(), file_id: text(), filename: text() })),
    prompt_cache_breakpoint: breakpoint,
  }),
});

const assistantParts = tagged('type', {
  text: textPart,
  refusal: record({ refusal: required(text()) }),
});

const toolCall = tagged('type', {
  function: record({
    id: required(text()),
    function: required(record({ name: required(functionName), arguments: required(text()) })),
  }),
  custom: notSimulated,
});

const system = record({ content: required(textOrParts), name: text() });

const message = tagged('role', {
  system,
  developer: system,
  user: record({ content: required(either(text(), list(userParts, { min: 1 }))), name: text() }),
  assistant: record({
    content: nullable(either(text(), list(assistantParts, { min: 1 }))),
    refusal: nullable(text()),
    name: text(),
    tool_calls: list(toolCall, { min: 1, max: 128 }),
    annotations: list(anything),
    audio: notSimulated,
    function_call: notSimulated,
  }),
  tool: record({ content: required(textOrParts), tool_call_id: required(text()) }),
});

const tool = tagged('type', {
  function: record({
    function: required(
      record({
        name: required(functionName),
        description: text(),
        parameters: dictionary(),
        strict: nullable(flag),
      }),
    ),
  }),
  custom: notSimulated,
});

const namedFunction = record({ name: required(text()) });

const toolChoice = either(
  choice('none', 'auto', 'required'),
  tagged('type', {
    function: record({ function: required(namedFunction) }),
    allowed_tools: record({
      allowed_tools: required(
        record({ mode: required(choice('auto', 'required')), tools: required(list(dictionary())) }),
      ),
    }),
    custom: notSimulated,
  }),
);

const responseFormat = tagged('type', {
  text: record({}),
  json_object: record({}),
  json_schema: record({
    json_schema: required(
      record({
        name: required(functionName),
        description: text(),
        schema: dictionary(),
        strict: nullable(flag),
      }),
    ),
  }),
});

/** The form of `ChatRequest`, with every field that the real API documents. */
export const chatRequestShape: Shape = record({
  model: required(text()),
  messages: required(list(message, { min: 1 })),
  stream: nullable(flag),
  stream_options: nullable(record({ include_usage: flag, include_obfuscation: flag })),
  tools: list(tool, { max: 128 }),
  tool_choice: toolChoice,
  parallel_tool_calls: flag,
  max_tokens: nullable(integer({ min: 1 })),
  max_completion_tokens: nullable(integer({ min: 1 })),
  temperature: nullable(decimal({ min: 0, max: 2 })),
  top_p: nullable(decimal({ min: 0, max: 1 })),
  frequency_penalty: nullable(decimal({ min: -2, max: 2 })),
  presence_penalty: nullable(decimal({ min: -2, max: 2 })),
  logit_bias: nullable(dictionary(decimal({ min: -100, max: 100 }))),
  seed: nullable(integer()),
  stop: nullable(either(text(), list(text(), { max: 4 }))),
  reasoning_effort: nullable(choice('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max')),
  response_format: responseFormat,
  service_tier: nullable(choice('auto', 'default', 'flex', 'scale', 'priority', 'fast')),
  verbosity: nullable(choice('low', 'medium', 'high')),
  user: text(),
  store: nullable(flag),
  metadata: nullable(dictionary(text({ maxLength: 512 }))),
  safety_identifier: nullable(text({ maxLength: 64 })),
  prompt_cache_key: nullable(text()),
  prompt_cache_options: dictionary(),
  prompt_cache_retention: nullable(choice('in_memory', '24h')),
  n: nullable(integer({ min: 1, max: 128 })),
  logprobs: nullable(flag),
  modalities: nullable(list(choice('text', 'audio'))),
  top_logprobs: notSimulated,
  audio: notSimulated,
  function_call: notSimulated,
  functions: notSimulated,
  moderation: notSimulated,
  prediction: notSimulated,
  web_search_options: notSimulated,
});
