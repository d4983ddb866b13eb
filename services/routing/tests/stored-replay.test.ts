import { uuidV7 } from '@switchyard/kernel';
import { useServers } from '@switchyard/testkit/test-servers';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeDecision } from '../src/adapters/encoded-decision.ts';
import { decideInputs } from './domain/decide-inputs.ts';
import { expectSameChoice } from './domain/expect-same-choice.ts';
import { recordOf } from './domain/record-of.ts';
import { type OpenedDecisions, openDecisions } from './support/open-decisions.ts';

const servers = useServers({ postgres: true });
let opened: OpenedDecisions;

beforeAll(async () => {
  opened = await openDecisions(await servers.postgres.createDatabase());
});
afterAll(() => opened?.[Symbol.asyncDispose]());

test('200 decisions that were stored are made again from what the database holds, bit for bit', async () => {
  const inputs = fc.sample(fc.noBias(decideInputs({ minLength: 60, maxLength: 130 })), {
    numRuns: 200,
    seed: 5,
  });
  const records = inputs.map((input) => recordOf({ ...input, look: 'enough' }, uuidV7(Date.now())));
  for (const record of records) record.decidedAt = new Date();
  const { store } = opened;
  await store.insert(records.map(encodeDecision));
  let drawn = 0;
  for (const { requestId, tenant, propensity } of records) {
    const stored = await store.find(tenant, requestId);
    if (stored === undefined) throw new Error(`${requestId} is not stored`);
    expectSameChoice(stored);
    if (propensity > 0 && propensity < 1) drawn += 1;
  }
  expect(drawn).toBeGreaterThan(20); // else chance had no part in them
});
