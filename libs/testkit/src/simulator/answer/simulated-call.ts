/** What a wire format reads out of a request: all that the answer depends on. */
export interface SimulatedCall {
  readonly model: string;
  readonly stream: boolean;
  /** The prompt in the order in which it is cached: tools, system, then messages. */
  readonly prompt: readonly PromptPiece[];
  /** Where the provider caches nothing of it. */
  readonly caching?: 'none';
  readonly lastTurn: LastTurn;
  readonly tools: readonly OfferedTool[];
  readonly toolChoice: ToolChoice;
  /** Whether one answer may hold several calls. */
  readonly parallelTools: boolean;
  /** The caller's bound of everything generated, reasoning included. Absent: the model's. */
  readonly maxOutputTokens?: number;
  readonly stopSequences: readonly string[];
  readonly form: AnswerForm;
  readonly reasoning: ReasoningWish;
}

/** A stretch of the prompt that is cached as a whole or not at all. */
export interface PromptPiece {
  readonly text: string;
  readonly tokens: number;
  /** An explicit cache mark at its end, and how long the entry lives. */
  readonly mark?: '5m' | '1h';
}

/** The message that is being answered. */
export type LastTurn =
  | { readonly from: 'user'; readonly text: string }
  | { readonly from: 'tool' }
  | { readonly from: 'assistant' }
  | { readonly from: 'system' };

/** A function the caller offers. */
export interface OfferedTool {
  readonly name: string;
  /** JSON Schema, or Google's variant of it. */
  readonly schema: unknown;
}

/** Whether to call a tool. */
export type ToolChoice =
  | { readonly kind: 'auto' }
  | { readonly kind: 'none' }
  | { readonly kind: 'required' }
  | { readonly kind: 'named'; readonly name: string };

/** What the text of the answer looks like. */
export type AnswerForm =
  | { readonly kind: 'prose' }
  | { readonly kind: 'json' /** Absent: any object. */; readonly schema?: unknown };

/** How much the caller wants the model to reason. */
export type ReasoningWish =
  | { readonly kind: 'unspecified' }
  | { readonly kind: 'off' }
  | { readonly kind: 'tokens'; readonly tokens: number };

/** Reasoning tokens for each effort word that the formats use. */
export const REASONING_TOKENS = {
  minimal: 16,
  low: 32,
  medium: 64,
  high: 128,
  xhigh: 256,
  max: 512,
} as const;
