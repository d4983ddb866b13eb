import { CompleteRequest, ResponseFormat_Kind, Role } from '@switchyard/contracts/routing';
import {
  chatOf,
  findUnsupportedOperation,
  findWireFormat,
  GENERIC_DIALECT,
  type ModelTraits,
  type WireFormat,
} from '@switchyard/llm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Evaluation } from '../../src/domain/decide/evaluate.ts';
import type { Needs } from '../../src/domain/request/needs.ts';
import { outputLimit } from '../../src/domain/request/output-limit.ts';
import type { Offering } from '../../src/domain/snapshot/offering.ts';
import { needs, offering, snapshotOf, working } from './offerings.ts';

const FORMATS = ['openai-chat', 'anthropic-messages', 'gemini'].map((id) => findWireFormat(id) as WireFormat);
/** As in the catalog, many models share one object. */
const TRAITS: readonly (ModelTraits | undefined)[] = [
  undefined,
  { sampling: undefined, reasoningEfforts: undefined, reasoningBudget: undefined },
  { sampling: false, reasoningEfforts: ['low', 'high'], reasoningBudget: 'none' },
  { sampling: true, reasoningEfforts: [], reasoningBudget: { min: 1_024, max: 10_000 } },
];

const someOfferings = fc
  .array(
    fc.record({
      format: fc.constantFrom(...FORMATS),
      dialect: fc.constantFrom(undefined, GENERIC_DIALECT),
      traits: fc.constantFrom(...TRAITS),
      model: fc.constantFrom('gemini-2.5-pro', 'gemini-3-pro', 'm'),
      maxOutputTokens: fc.constantFrom(undefined, 1_000, 4_096, 64_000),
    }),
    { minLength: 2, maxLength: 20 },
  )
  .map((drawn) =>
    drawn.map(({ format, dialect, traits, ...rest }, i): Offering => {
      const one = offering({ provider: `p${i}`, ...rest });
      return { ...one, traits, provider: { ...one.provider, format, dialect } };
    }),
  );

/** Requests of which a limit, a generation, traits or a dialect decide whether they can be expressed. */
const someNeeds = fc
  .record({
    maxOutputTokens: fc.constantFrom(undefined, 500, 9_000),
    reasoningBudgetTokens: fc.constantFrom(undefined, 2_000, 8_000),
    reasoningEffort: fc.constantFrom('', '', 'low', 'minimal'),
    temperature: fc.constantFrom(undefined, 0.5),
    stop: fc.constantFrom<string[][]>([], ['a', 'b', 'c', 'd', 'e', 'f']),
    hasToolsAndFormat: fc.boolean(),
  })
  .map(({ hasToolsAndFormat, ...sampling }): Needs => {
    const { maxOutputTokens } = sampling;
    const said = { role: Role.USER, parts: [{ content: { $case: 'text', value: 'Hi' } as const }] };
    const more = hasToolsAndFormat
      ? { tools: [{ name: 'f' }], responseFormat: { kind: ResponseFormat_Kind.JSON_OBJECT } }
      : {};
    const request = CompleteRequest.fromPartial({ model: 'auto', messages: [said], sampling, ...more });
    return needs({ operation: chatOf(request), maxOutputTokens, selector: { kind: 'auto' } });
  });

function foundOf(offerings: readonly Offering[], asked: Needs) {
  const evaluation = new Evaluation({
    needs: asked,
    snapshot: snapshotOf(offerings),
    stateOf: () => working(),
  });
  return new Map(offerings.map((one) => [one.key, evaluation.candidate(one).unsupported]));
}

test('what a provider cannot express is found for each model by itself, in whatever order they are looked at', () => {
  fc.assert(
    fc.property(
      someOfferings.chain((all) => fc.shuffledSubarray(all, { minLength: all.length })),
      someNeeds,
      (offerings, asked) => {
        const found = foundOf(offerings, asked);
        for (const one of offerings) {
          const { model, traits, provider } = one;
          const { operation, stream } = asked;
          const maxOutputTokens = outputLimit(asked, one);
          const { format, dialect } = provider;
          const alone = findUnsupportedOperation(format, {
            operation,
            stream,
            model,
            maxOutputTokens,
            dialect,
            traits,
          });
          expect(found.get(one.key)).toEqual(alone);
        }
      },
    ),
    { numRuns: 1_000 },
  );
});

test('a reasoning budget fits a model of 64,000 output tokens, whether one of 4,096 is looked at before or after', () => {
  const sampling = { reasoningBudgetTokens: 8_000 };
  const messages = [{ role: Role.USER, parts: [{ content: { $case: 'text', value: 'Hi' } as const }] }];
  const asked = needs({
    operation: chatOf(CompleteRequest.fromPartial({ model: 'auto', messages, sampling })),
  });
  const two = [4_096, 64_000].map((maxOutputTokens, i): Offering => {
    const one = offering({ provider: `p${i}`, maxOutputTokens });
    const format = findWireFormat('anthropic-messages') as WireFormat;
    return { ...one, provider: { ...one.provider, format } };
  });
  for (const order of [two, [...two].reverse()]) {
    const found = foundOf(order, asked);
    expect(found.get('/p0/m')?.field).toBe('sampling.reasoning_budget_tokens');
    expect(found.get('/p1/m')).toBeUndefined();
  }
});

test('a request is looked through once for all models that are alike', () => {
  let looked = 0;
  const chat = FORMATS[0] as WireFormat;
  const format: WireFormat = {
    ...chat,
    findUnsupported: (input) => {
      looked += 1;
      return chat.findUnsupported(input);
    },
  };
  const alike = [1_000, 4_096, 64_000].map((maxOutputTokens, i): Offering => {
    const one = offering({ provider: `p${i}`, model: `m${i}`, maxOutputTokens });
    return { ...one, provider: { ...one.provider, format } };
  });
  foundOf(alike, needs({ selector: { kind: 'auto' } }));
  expect(looked).toBe(1);
});
