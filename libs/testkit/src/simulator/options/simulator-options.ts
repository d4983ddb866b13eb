import type { FaultRule } from '../faults/fault.ts';
import type { LatencyOptions } from '../latency/latency-options.ts';
import type { ServiceAccount } from '../tokens/token-server.ts';

/** The wire formats that a simulated provider can speak. */
export const WIRE_FORMAT_NAMES = [
  'openai-chat',
  'anthropic-messages',
  'gemini',
  'ollama-native',
  'cohere-v2',
  'bedrock-converse',
  'vertex-gemini',
  'vertex-anthropic',
  'openai-responses',
  'azure-openai',
  'azure-openai-deployments',
] as const;

/** One of them. */
export type WireFormatName = (typeof WIRE_FORMAT_NAMES)[number];

/** How one simulator process is set up. Everything has a default: `{}` serves one provider per format. */
export interface SimulatorOptions {
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string;
  /** Port of the shared server: control, stats and every provider without its own port. 0–65535, default 0 (any free one). */
  readonly port?: number;
  /** Seed of all randomness (faults, latency). Integer, default 1. */
  readonly seed?: number;
  /** 1–64 providers with distinct names. Default: `sim-openai`, `sim-anthropic` and so on, one for each format. */
  readonly providers?: readonly ProviderOptions[];
  /** Larger request bodies are refused with 413. Bytes, 1,024–268,435,456, default 33,554,432 (32 MiB). */
  readonly maxBodyBytes?: number;
  /** How many ended attempts are kept for `attempts()`; older ones are dropped and counted. 1–5,000,000, default 100,000. */
  readonly attemptLogSize?: number;
  /** Open connections per server; more are refused. 1–100,000, default 20,000. */
  readonly maxConnections?: number;
  /** When set, `/control` and `/stats` want `authorization: Bearer <controlToken>`. Default: open. */
  readonly controlToken?: string;
}

/** One simulated provider. */
export interface ProviderOptions {
  /** `[a-z0-9][a-z0-9-]{0,39}`; also its path prefix. Not `control` or `stats`. */
  readonly name: string;
  /** What it speaks. */
  readonly format: WireFormatName;
  /** Its own port, where it is served without prefix. 0 takes any free one. Default: the shared port under `/<name>`. */
  readonly port?: number;
  /**
   * Accepted keys, of bedrock-converse also `<access key id>:<secret access key>`. They are kept as SHA-256 digests, but for
   * those that signatures are checked with. Default: any non-empty key, and any signature.
   */
  readonly apiKeys?: readonly string[];
  /**
   * Service accounts whose assertions vertex-gemini and vertex-anthropic exchange for an access token, at `POST /token`; with
   * them only such tokens are accepted, beside `apiKeys`. Default: none, and any token is.
   */
  readonly serviceAccounts?: readonly ServiceAccount[];
  /** 1–1,000 models, or `'any'`: every name is served with default settings. Default: three models called `simulated-…`. */
  readonly models?: readonly ModelOptions[] | 'any';
  /** How long answers take. Default: no delay. */
  readonly latency?: LatencyOptions;
  /** When prompt tokens count as cached. Default `{ mode: 'prefix' }`. */
  readonly cache?: PromptCacheOptions;
  /** Tokens of text in an answer that nothing else bounds. 1–100,000, default 48. */
  readonly answerTokens?: number;
  /** Tokens of text in one stream event. 1–1,000, default 1. */
  readonly tokensPerChunk?: number;
  /** What happens to request fields that the format does not have. `refuse` as the real ones do (default), or `ignore`. */
  readonly unknownFields?: 'refuse' | 'ignore';
  /** Faults from the start. Default none. */
  readonly faults?: readonly FaultRule[];
  /** What happens to batches, of the formats that have them. Default: they end at once, each line answered. */
  readonly batches?: BatchOptions;
}

/** What happens to batches. Line by line, rules of faults with `status` strike as they do for calls. */
export interface BatchOptions {
  /** From creation to end, in milliseconds. 0–86,400,000, default 0. */
  readonly processMs?: number;
  /** The batch expires when so many lines were answered. Default: never. */
  readonly expireAfterLines?: number;
  /** It fails before anything is answered, with this code ("token_limit_exceeded"). OpenAI's alone. Default: it does not. */
  readonly failWith?: string;
  /** So many batches are made, and the connection ends without an answer. Default 0. */
  readonly dropCreated?: number;
  /** Files that are brought are taken, and answered so much later, in milliseconds. 0–600,000, default 0. */
  readonly answerAfterMs?: number;
  /** Requests about batches that are refused. Default none. */
  readonly failures?: readonly BatchFailure[];
}

/** Requests of one kind about batches that are answered with an error, and do nothing. */
export interface BatchFailure {
  /** `content`: results are read. */
  readonly on: 'upload' | 'create' | 'list' | 'get' | 'cancel' | 'content';
  /** 400–599. */
  readonly status: number;
  /** So many of them, from 1. Default: all. */
  readonly count?: number;
}

/** What is to happen to batches from now on. */
export interface BatchSetting {
  /** Name of a provider, or `*`. */
  readonly provider: string;
  readonly batches: BatchOptions;
}

/** One model of a simulated provider. */
export interface ModelOptions {
  /** The name callers ask for. 1–200 characters. */
  readonly name: string;
  /** Longer prompts are refused with 400. Tokens, default 1,000,000. */
  readonly contextTokens?: number;
  /** Answers stop here even if the caller allows more. Tokens, default 65,536. */
  readonly maxOutputTokens?: number;
  /** Whether it reasons: when the request asks for it (default), `never` (asking is a 400), or `always`. */
  readonly reasoning?: 'on-request' | 'never' | 'always';
}

/**
 * When prompt tokens are reported as cached.
 *
 * `prefix` remembers what was sent before, at message boundaries, like the real providers; OpenAI and Gemini
 * do so by themselves, Anthropic only up to a `cache_control` mark. `ratio` reports a fixed share. `off`: none.
 */
export type PromptCacheOptions =
  | {
      readonly mode: 'prefix';
      /** Shorter prefixes are not cached. Tokens, default 1,024. */
      readonly minTokens?: number;
      /** A remembered prefix is forgotten this long after its last use. Milliseconds, default 300,000. An Anthropic `1h` mark keeps it 12 times as long. */
      readonly ttlMs?: number;
      /** Prefixes remembered per provider; the least recently used goes first. 1–1,000,000, default 10,000. */
      readonly maxPrefixes?: number;
    }
  | {
      readonly mode: 'ratio';
      /** Share of the prompt's tokens, 0–1. */
      readonly ratio: number;
    }
  | { readonly mode: 'off' };
