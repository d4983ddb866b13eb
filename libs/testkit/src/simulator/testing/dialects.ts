import type { WireFormatName } from '../options/simulator-options.ts';

/** How the same simple call is written in one wire format; for tests that hold for each of them. */
export interface Dialect {
  readonly format: Extract<WireFormatName, 'openai-chat' | 'anthropic-messages' | 'gemini'>;
  /** The default provider that speaks it. */
  readonly provider: string;
  request(call: SimpleCall): WireRequest;
  /** What the format's own end of a stream looks like. */
  readonly streamEnd: RegExp;
}

/** A call without anything special. */
export interface SimpleCall {
  readonly stream: boolean;
  readonly text?: string;
  readonly model?: string;
  readonly maxTokens?: number;
}

/** What is sent. */
export interface WireRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const JSON_TYPE = { 'content-type': 'application/json' };

const openai: Dialect = {
  format: 'openai-chat',
  provider: 'sim-openai',
  streamEnd: /data: \[DONE\]\n\n$/,
  request: ({ stream, text = 'hello', model = 'simulated-large', maxTokens }) => ({
    path: '/v1/chat/completions',
    headers: { ...JSON_TYPE, authorization: 'Bearer test-key' },
    body: {
      model,
      stream,
      ...(stream && { stream_options: { include_usage: true } }),
      ...(maxTokens !== undefined && { max_completion_tokens: maxTokens }),
      messages: [{ role: 'user', content: text }],
    },
  }),
};

const anthropic: Dialect = {
  format: 'anthropic-messages',
  provider: 'sim-anthropic',
  streamEnd: /event: message_stop\ndata: \{"type":"message_stop"\}\n\n$/,
  request: ({ stream, text = 'hello', model = 'simulated-large', maxTokens = 4_000 }) => ({
    path: '/v1/messages',
    headers: { ...JSON_TYPE, 'x-api-key': 'test-key', 'anthropic-version': '2023-06-01' },
    body: { model, stream, max_tokens: maxTokens, messages: [{ role: 'user', content: text }] },
  }),
};

const gemini: Dialect = {
  format: 'gemini',
  provider: 'sim-gemini',
  streamEnd: /"finishReason":"STOP"[^\n]*\r\n\r\n$/,
  request: ({ stream, text = 'hello', model = 'simulated-large', maxTokens }) => ({
    path: `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    headers: { ...JSON_TYPE, 'x-goog-api-key': 'test-key' },
    body: {
      contents: [{ role: 'user', parts: [{ text }] }],
      ...(maxTokens !== undefined && { generationConfig: { maxOutputTokens: maxTokens } }),
    },
  }),
};

/** The three wire formats that the tests of faults, stats and control go through; those of `wire/` go through all. */
export const DIALECTS: readonly Dialect[] = [openai, anthropic, gemini];
