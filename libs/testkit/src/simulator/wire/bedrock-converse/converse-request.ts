import {
  anything,
  choice,
  decimal,
  dictionary,
  flag,
  integer,
  list,
  notSimulated,
  record,
  required,
  type Shape,
  text,
} from '../../shape/shape.ts';

/** `POST /model/{model}/converse`, the fields that the simulator looks at. */
export interface ConverseRequest {
  readonly messages: readonly ConverseMessage[];
  readonly system?: readonly ConverseBlock[];
  readonly inferenceConfig?: { readonly maxTokens?: number; readonly stopSequences?: readonly string[] };
  readonly toolConfig?: {
    readonly tools: readonly ConverseTool[];
    readonly toolChoice?: { readonly auto?: object; readonly any?: object; readonly tool?: { name: string } };
  };
  readonly outputConfig?: {
    readonly textFormat?: { readonly structure: { readonly jsonSchema: { readonly schema: string } } };
  };
  readonly additionalModelRequestFields?: Readonly<Record<string, unknown>>;
}

export interface ConverseMessage {
  readonly role: 'user' | 'assistant';
  readonly content: readonly ConverseBlock[];
}

/** One of these fields says what the block is. */
export interface ConverseBlock {
  readonly text?: string;
  readonly image?: object;
  readonly document?: object;
  readonly toolUse?: { readonly toolUseId: string; readonly name: string; readonly input: unknown };
  readonly toolResult?: { readonly toolUseId: string; readonly content: readonly ConverseBlock[] };
  readonly reasoningContent?: {
    readonly reasoningText?: { readonly text: string; readonly signature?: string };
    readonly redactedContent?: string;
  };
  readonly cachePoint?: { readonly ttl?: '5m' | '1h' };
}

export interface ConverseTool {
  readonly toolSpec?: { readonly name: string; readonly inputSchema: { readonly json: unknown } };
  readonly cachePoint?: { readonly ttl?: '5m' | '1h' };
}

const base64 = text({ pattern: /^[A-Za-z0-9+/]+={0,2}$/ });
const source = record({ bytes: base64, s3Location: record({ uri: required(text()), bucketOwner: text() }) });
const cachePoint = record({ type: required(choice('default')), ttl: choice('5m', '1h') });
const image = record({
  format: required(choice('png', 'jpeg', 'gif', 'webp')),
  source: required(source),
});
const document = record({
  format: required(choice('pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md')),
  name: required(text({ pattern: /^(?!.* {2})[A-Za-z0-9 \-()[\]]{1,200}$/ })),
  source: required(source),
  context: text(),
  citations: record({ enabled: required(flag) }),
});
const toolUseId = text({ pattern: /^[a-zA-Z0-9_-]{1,64}$/ });
const toolName = text({ pattern: /^[a-zA-Z0-9_-]{1,64}$/ });

const block = record({
  text: text(),
  image,
  document,
  toolUse: record({
    toolUseId: required(toolUseId),
    name: required(toolName),
    input: required(dictionary()),
    type: notSimulated,
  }),
  toolResult: record({
    toolUseId: required(toolUseId),
    content: required(list(record({ text: text(), json: anything, image, document, video: notSimulated }))),
    status: choice('success', 'error'),
    type: notSimulated,
  }),
  reasoningContent: record({
    reasoningText: record({ text: required(text()), signature: text() }),
    redactedContent: base64,
  }),
  cachePoint,
  guardContent: notSimulated,
  video: notSimulated,
  audio: notSimulated,
  citationsContent: notSimulated,
  searchResult: notSimulated,
});

const toolSpec = record({
  name: required(toolName),
  description: text(),
  inputSchema: required(record({ json: required(dictionary()) })),
  strict: flag,
});

const jsonSchema = record({ schema: required(text()), name: text(), description: text() });

/** The form of `ConverseRequest`, with the fields that the real API documents. */
export const converseRequestShape: Shape = record({
  messages: required(
    list(
      record({ role: required(choice('user', 'assistant')), content: required(list(block, { min: 1 })) }),
      { min: 1 },
    ),
  ),
  system: list(record({ text: text(), cachePoint, guardContent: notSimulated })),
  inferenceConfig: record({
    maxTokens: integer({ min: 1 }),
    temperature: decimal({ min: 0, max: 1 }),
    topP: decimal({ min: 0, max: 1 }),
    stopSequences: list(text({ pattern: /./s }), { max: 2_500 }),
  }),
  toolConfig: record({
    tools: required(list(record({ toolSpec, cachePoint, systemTool: notSimulated }), { min: 1 })),
    toolChoice: record({ auto: record({}), any: record({}), tool: record({ name: required(toolName) }) }),
  }),
  outputConfig: record({
    textFormat: record({
      type: required(choice('json_schema')),
      structure: required(record({ jsonSchema: required(jsonSchema) })),
    }),
    effort: text(),
  }),
  additionalModelRequestFields: dictionary(),
  additionalModelResponseFieldPaths: list(text()),
  requestMetadata: dictionary(text()),
  performanceConfig: record({ latency: choice('standard', 'optimized') }),
  serviceTier: anything,
  guardrailConfig: notSimulated,
  promptVariables: notSimulated,
});
