import type { PromptPiece, SimulatedCall } from './simulated-call.ts';

/** What is embedded, as a call of which nothing is written: each input is a piece of the prompt. */
export function embedCall(model: string, prompt: readonly PromptPiece[]): SimulatedCall {
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
