import { CompleteRequest, Requirements, type Strategy } from '@switchyard/contracts/routing';
import { seededRandom } from '@switchyard/kernel';
import { chatOf } from '@switchyard/llm';
import type { Needs } from '../src/domain/request/needs.ts';
import { needsOf } from '../src/domain/request/needs-of.ts';

/** Requests as they are in practice: most ask for nothing special, some for capabilities, regions, a limit of the cost. */
export function benchNeeds(strategy: Strategy, model: string): Needs[] {
  const random = seededRandom(2n);
  const some = (share: number) => random() < share;
  return Array.from({ length: 500 }, () => {
    const request = CompleteRequest.fromPartial({
      model,
      strategy,
      messages: [
        { role: 3, parts: [{ content: { $case: 'text', value: 'x'.repeat(100 + random() * 8_000) } }] },
      ],
      sampling: some(0.5) ? { maxOutputTokens: 16 + Math.floor(random() * 4_000) } : undefined,
      requirements: {
        capabilities: [
          ...(some(0.3) ? ['tools'] : []),
          ...(some(0.2) ? ['vision'] : []),
          ...(some(0.1) ? ['reasoning'] : []),
          ...(some(0.03) ? ['audio_in'] : []),
        ],
        residency: some(0.2) ? ['eu-west', 'eu-central'] : [],
        tags: some(0.1) ? ['gdpr'] : [],
        maxCostNanoUsd: some(0.2) ? BigInt(Math.floor(random() * 2e7)) : undefined,
      },
    });
    const asked = {
      selector: model === 'auto' ? ({ kind: 'auto' } as const) : ({ kind: 'model', model } as const),
      requirements: request.requirements ?? Requirements.create(),
      layers: [],
      strategy,
      compositeWeights: undefined,
    };
    return needsOf(chatOf(request), { tenant: 't', stream: some(0.5), asked });
  });
}
