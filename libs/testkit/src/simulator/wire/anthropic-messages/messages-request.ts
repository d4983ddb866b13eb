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

/** `POST /v1/messages`, the fields that the simulator looks at. */
export interface MessagesRequest {
  readonly model: string;
  readonly max_tokens: number;
  readonly messages: readonly Message[];
  readonly system?: string | readonly Block[];
  readonly stream?: boolean;
  readonly tools?: readonly MessagesTool[];
  readonly tool_choice?: {
    type: 'auto' | 'any' | 'tool' | 'none';
    name?: string;
    disable_parallel_tool_use?: boolean;
  };
  readonly stop_sequences?: readonly string[];
  readonly thinking?: ThinkingConfig;
  readonly output_config?: {
    effort?: string | null;
    format?: { type: 'json_schema'; schema: unknown } | null;
  };
  readonly cache_control?: CacheControl | null;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
}

export type ThinkingConfig =
  | { readonly type: 'enabled'; readonly budget_tokens: number; readonly display?: ThinkingDisplay }
  | { readonly type: 'adaptive'; readonly display?: ThinkingDisplay }
  | { readonly type: 'disabled' };

/** `omitted` streams no thinking text, only its signature. */
export type ThinkingDisplay = 'summarized' | 'omitted' | null;

export interface CacheControl {
  readonly type: 'ephemeral';
  readonly ttl?: '5m' | '1h';
}

export interface Message {
  readonly role: 'user' | 'assistant' | 'system';
  readonly content: string | readonly Block[];
}

/** A content block; which fields there are depends on its type. */
export interface Block {
  readonly type: string;
  readonly text?: string;
  readonly id?: string;
  readonly name?: string;
  readonly input?: unknown;
  readonly tool_use_id?: string;
  readonly content?: string | readonly Block[];
  readonly thinking?: string;
  readonly signature?: string;
  readonly citations?: unknown;
  readonly cache_control?: CacheControl | null;
}

export interface MessagesTool {
  readonly name: string;
  readonly input_schema: unknown;
  readonly cache_control?: CacheControl | null;
}

const cacheControl = nullable(tagged('type', { ephemeral: record({ ttl: choice('5m', '1h') }) }));
const citations = nullable(anything);

const textBlock = record({ text: required(text()), cache_control: cacheControl, citations });

const source = tagged('type', {
  base64: record({ data: required(text()), media_type: required(text()) }),
  url: record({ url: required(text()) }),
  file: record({ file_id: required(text()) }),
  text: record({ data: required(text()), media_type: required(choice('text/plain')) }),
  content: notSimulated,
});

const image = record({
  source: required(source),
  cache_control: cacheControl,
  transformations: notSimulated,
});

const document = record({
  source: required(source),
  cache_control: cacheControl,
  citations,
  context: nullable(text()),
  title: nullable(text()),
});

const searchResult = record({
  content: required(list(tagged('type', { text: textBlock }))),
  source: required(text()),
  title: required(text()),
  cache_control: cacheControl,
  citations,
});

const toolId = text({ pattern: /^[a-zA-Z0-9_-]+$/ });
const toolName = text({ pattern: /^[a-zA-Z0-9_-]{1,128}$/ });

const block = tagged('type', {
  text: textBlock,
  image,
  document,
  search_result: searchResult,
  thinking: record({ thinking: required(text()), signature: required(text()) }),
  redacted_thinking: record({ data: required(text()) }),
  tool_use: record({
    id: required(toolId),
    name: required(text({ maxLength: 200 })),
    input: required(dictionary()),
    cache_control: cacheControl,
    caller: anything,
    toolset_name: notSimulated,
  }),
  tool_result: record({
    tool_use_id: required(toolId),
    content: either(
      text(),
      list(tagged('type', { text: textBlock, image, document, search_result: searchResult })),
    ),
    is_error: flag,
    cache_control: cacheControl,
    toolset_name: notSimulated,
  }),
});

const customTool = record({
  type: nullable(choice('custom')),
  name: required(toolName),
  description: text(),
  input_schema: required(dictionary()),
  cache_control: cacheControl,
  strict: flag,
  input_examples: list(dictionary()),
  eager_input_streaming: nullable(flag),
  allowed_callers: notSimulated,
  defer_loading: notSimulated,
});

const parallel = { disable_parallel_tool_use: flag };
const display = nullable(choice('summarized', 'omitted'));

/** The form of `MessagesRequest`, with every field that the real API documents. */
export const messagesRequestShape: Shape = record({
  model: required(text()),
  messages: required(
    list(
      record({
        role: required(choice('user', 'assistant', 'system')),
        content: required(either(text(), list(block))),
      }),
    ),
  ),
  max_tokens: required(integer({ min: 1 })),
  system: either(text(), list(tagged('type', { text: textBlock }))),
  stream: flag,
  tools: list(customTool),
  tool_choice: tagged('type', {
    auto: record(parallel),
    any: record(parallel),
    tool: record({ name: required(text()), ...parallel }),
    none: record({}),
  }),
  stop_sequences: list(text()),
  temperature: decimal({ min: 0, max: 1 }),
  top_p: decimal({ min: 0, max: 1 }),
  top_k: integer({ min: 0 }),
  thinking: tagged('type', {
    enabled: record({ budget_tokens: required(integer({ min: 1024 })), display }),
    adaptive: record({ display }),
    disabled: record({}),
  }),
  output_config: record({
    effort: nullable(choice('low', 'medium', 'high', 'xhigh', 'max')),
    format: nullable(tagged('type', { json_schema: record({ schema: required(dictionary()) }) })),
  }),
  cache_control: cacheControl,
  metadata: record({ user_id: nullable(text({ maxLength: 256 })) }),
  service_tier: choice('auto', 'standard_only'),
  inference_geo: nullable(text()),
  speed: nullable(choice('standard', 'fast')),
  container: notSimulated,
  diagnostics: notSimulated,
  user_profile_id: notSimulated,
  workspace_id: notSimulated,
});
