import type { WireFormatName } from '@switchyard/testkit/simulator';
import { expect, test } from 'vitest';
import { startTestFleet } from '../support/test-fleet.ts';
import { user } from './conversations.ts';
import { findBooked } from './expect-booked.ts';
import { ask } from './grpc-door.ts';

interface Offered {
  readonly format: WireFormatName;
  readonly catalogId: string;
  readonly model: string;
  readonly threshold: number;
  /** Nano-USD per token of input and output, up to the threshold and above. */
  readonly upTo: readonly [bigint, bigint];
  readonly above: readonly [bigint, bigint];
}

/** Sources: developers.openai.com/api/docs/models/gpt-5.4 and ai.google.dev/gemini-api/docs/pricing. */
const OFFERED: readonly Offered[] = [
  {
    format: 'openai-chat',
    catalogId: 'openai',
    model: 'gpt-5.4',
    threshold: 272_000,
    upTo: [2_500n, 15_000n],
    above: [5_000n, 22_500n],
  },
  {
    format: 'gemini',
    catalogId: 'google',
    model: 'gemini-2.5-pro',
    threshold: 200_000,
    upTo: [1_250n, 10_000n],
    above: [2_500n, 15_000n],
  },
];

/** The simulator counts 3 tokens for a message and one for every 4 bytes of its text. */
const promptOf = (tokens: number) => `${'abc '.repeat(tokens - 3)}`;

test('a request is charged by the tier that its input reaches, in the answer and in the ledger, and no more than was held', async () => {
  await using started = await startTestFleet({
    providers: OFFERED.map(({ format, catalogId }) => ({ id: catalogId, format, catalogId })),
  });
  const [client] = started.clients;
  if (client === undefined) throw new TypeError('no client');
  for (const { catalogId, model, threshold, upTo, above } of OFFERED) {
    for (const [tokens, [input, output]] of [
      [threshold, upTo],
      [threshold + 1, above],
    ] as const) {
      const request = { model: `${catalogId}/${model}`, messages: [user(promptOf(tokens))] };
      const { requestId, usage, costNanoUsd } = await ask(client, request);
      expect([usage?.inputTokens, usage?.outputTokens]).toEqual([tokens, 12]);
      const { truth, row } = await findBooked(started.fleet, requestId);
      expect(truth.tokens).toMatchObject({ inputTokens: tokens, cachedInputTokens: 0, outputTokens: 12 });
      const expected = BigInt(tokens) * input + 12n * output;
      expect({ told: costNanoUsd, booked: row.amount_nano_usd }).toEqual({
        told: expected,
        booked: String(expected),
      });
      expect(BigInt(row.hold_nano_usd ?? -1)).toBeGreaterThanOrEqual(expected);
    }
  }
});
