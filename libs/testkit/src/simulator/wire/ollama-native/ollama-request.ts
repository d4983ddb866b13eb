import {
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
  text,
} from '../../shape/shape.ts';

/** `POST /api/chat`, the fields that the simulator looks at. */
export interface OllamaRequest {
  readonly model: string;
  readonly messages: readonly OllamaMessage[];
  readonly stream?: boolean | null;
  readonly tools?: readonly OllamaTool[] | null;
  readonly format?: string | object | null;
  readonly options?: { num_predict?: number; stop?: readonly string[] } | null;
  readonly think?: boolean | string | null;
}

export interface OllamaMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content?: string;
  readonly thinking?: string;
  readonly images?: readonly string[] | null;
  readonly tool_calls?: readonly { function: { name: string; arguments: object } }[] | null;
}

export interface OllamaTool {
  readonly function: { name: string; parameters?: unknown };
}

const toolCall = record({
  id: text(),
  type: choice('function'),
  function: required(
    record({ index: integer({ min: 0 }), name: required(text()), arguments: required(dictionary()) }),
  ),
});

const message = record({
  role: required(choice('system', 'user', 'assistant', 'tool')),
  content: text(),
  thinking: text(),
  images: nullable(list(text({ pattern: /^[A-Za-z0-9+/]+={0,2}$/ }))),
  tool_calls: nullable(list(toolCall)),
  tool_name: text(),
  tool_call_id: text(),
});

const tool = record({
  type: required(choice('function')),
  function: required(
    record({ name: required(text()), description: text(), parameters: required(dictionary()) }),
  ),
});

/** https://docs.ollama.com/modelfile#parameter */
const options = record({
  num_predict: integer(),
  num_ctx: integer({ min: 1 }),
  temperature: decimal(),
  top_p: decimal(),
  top_k: integer(),
  min_p: decimal(),
  stop: list(text()),
  seed: integer(),
  frequency_penalty: decimal(),
  presence_penalty: decimal(),
  repeat_penalty: decimal(),
  repeat_last_n: integer(),
});

/** The form of `OllamaRequest`. The real server skips fields that it does not know; here they are mistakes. */
export const ollamaRequestShape: Shape = record({
  model: required(text({ pattern: /./ })),
  messages: required(list(message, { min: 1 })),
  stream: nullable(flag),
  tools: nullable(list(tool)),
  format: nullable(either(choice('json'), dictionary())),
  options: nullable(options),
  think: nullable(either(flag, choice('low', 'medium', 'high', 'max'))),
  truncate: nullable(flag),
  shift: nullable(flag),
  keep_alive: nullable(either(text(), decimal())),
  logprobs: notSimulated,
  top_logprobs: notSimulated,
});
