import {
  choice,
  decimal,
  dictionary,
  either,
  flag,
  integer,
  list,
  nullable,
  record,
  required,
  type Shape,
  tagged,
  text,
} from '../../shape/shape.ts';

/** `POST /v2/chat`, the fields that the simulator looks at. */
export interface CohereRequest {
  readonly model: string;
  readonly messages: readonly CohereMessage[];
  readonly stream: boolean;
  readonly tools?: readonly CohereTool[];
  readonly tool_choice?: 'REQUIRED' | 'NONE';
  readonly response_format?: { readonly type: string; readonly json_schema?: unknown };
  readonly max_tokens?: number;
  readonly stop_sequences?: readonly string[];
  readonly thinking?: { readonly type: 'enabled' | 'disabled'; readonly token_budget?: number };
}

export interface CohereMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content?: string | readonly CoherePart[] | null;
  readonly tool_plan?: string;
  readonly tool_calls?: readonly {
    readonly id: string;
    readonly function: { readonly name: string; readonly arguments: string };
  }[];
}

type CoherePart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } };

interface CohereTool {
  readonly function: { readonly name: string; readonly parameters: unknown };
}

const part = tagged('type', {
  text: record({ type: required(text()), text: required(text()) }),
  image_url: record({
    type: required(text()),
    image_url: required(record({ url: required(text()), detail: choice('auto', 'low', 'high') })),
  }),
});

const message = record({
  role: required(choice('system', 'user', 'assistant', 'tool')),
  content: nullable(either(text(), list(part, { min: 1 }))),
  tool_plan: text(),
  tool_calls: list(
    record({
      id: required(text()),
      type: required(choice('function')),
      function: required(record({ name: required(text()), arguments: required(text()) })),
    }),
    { min: 1 },
  ),
  tool_call_id: text(),
});

const tool = record({
  type: required(choice('function')),
  function: required(
    record({ name: required(text()), description: text(), parameters: required(dictionary()) }),
  ),
});

/** The form of `CohereRequest`. */
export const cohereRequestShape: Shape = record({
  model: required(text({ pattern: /./ })),
  messages: required(list(message, { min: 1 })),
  stream: required(flag),
  tools: list(tool, { min: 1 }),
  tool_choice: choice('REQUIRED', 'NONE'),
  response_format: record({ type: required(choice('text', 'json_object')), json_schema: dictionary() }),
  max_tokens: integer({ min: 0 }),
  stop_sequences: list(text(), { max: 5 }),
  temperature: decimal({ min: 0 }),
  p: decimal({ min: 0.01, max: 0.99 }),
  k: integer({ min: 0, max: 500 }),
  seed: integer({ min: 0 }),
  frequency_penalty: decimal({ min: 0, max: 1 }),
  presence_penalty: decimal({ min: 0, max: 1 }),
  thinking: record({
    type: required(choice('enabled', 'disabled')),
    token_budget: integer({ min: 1 }),
  }),
});
