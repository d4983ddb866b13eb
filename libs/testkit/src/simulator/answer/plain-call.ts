import type { PromptPiece, SimulatedCall } from './simulated-call.ts';

/** Work of which nothing is written, such as vectors, as a call: each input is a piece of the prompt. */
export function plainCall(model: string, prompt: readonly PromptPiece[]): SimulatedCall {
  return {
    model,
    stream: false,
    prompt,
    caching: 'none',
    lastTurn: { from: 'system' },
    tools: [],
    toolChoice: { kind: 'none' },
    parallelTools: false,
    maxOutputTokens: 0,
    stopSequences: [],
    form: { kind: 'prose' },
    reasoning: { kind: 'unspecified' },
  };
}
