import type { SwitchyardClient } from '@switchyard/client';
import { CacheUse, Pool } from '@switchyard/contracts/routing';
import { openClients } from '../support/open-clients.ts';
import { startTestFleet } from '../support/test-fleet.ts';
import { ARMS, type Arm, BASELINE_MODEL, CAPABILITIES, POOLS, VENDORS } from './savings/arms.ts';
import { bookedOf } from './savings/booked.ts';
import { promptOf } from './savings/prompt-of.ts';
import { replay } from './savings/replay.ts';
import { type Result, reportOf } from './savings/report.ts';
import { readAzure, readMooncake, type TracedCall } from './savings/traced-call.ts';

/**
 * `npm run bench -- savings`: what routing and the cache save of two real traces' cost, against one premium model without a cache.
 *
 * Each arm sends the whole trace through the same fleet, in the order and with the lengths of input and output that it had, and asks
 * for the same capabilities. Providers are simulated: they count tokens, and remember beginnings of prompts as theirs do; prices are the catalog's, and
 * the money is what the ledger has charged. It says nothing of how good the answers are.
 */

/** Arrivals come so much faster. Nothing else depends on time: */
const SPEED = 20;
/** Providers remember beginnings of prompts, and we keep answers, for as long as a trace takes. */
const KEPT_SECONDS = 3_600;

const TRACES: readonly { readonly name: string; readonly calls: readonly TracedCall[] }[] = [
  { name: 'azure', calls: readAzure() },
  { name: 'mooncake', calls: readMooncake() },
];

await using started = await startTestFleet({
  logLevel: 'warn',
  providers: VENDORS,
  // More than any request of the traces wants: its own bound ends each answer.
  answerTokens: 2_000,
  promptCache: { mode: 'prefix', ttlMs: KEPT_SECONDS * 1_000, maxPrefixes: 1_000_000 },
});
const [client] = started.clients as [SwitchyardClient];
const clients = openClients(started.fleet, started.fleet.apiKey);
for (const pool of POOLS)
  await clients.call(clients.pools, 'createPool', { pool: Pool.fromPartial({ ...pool }) });
process.stdout.write(`Baseline ${BASELINE_MODEL}; every candidate states ${CAPABILITIES.join(', ')}.\n`);
for (const { name, calls } of TRACES) {
  const results: Result[] = [];
  for (const [i, arm] of ARMS.entries()) results.push(await run(arm, { agent: `${name}-${i}`, calls }));
  process.stdout.write(reportOf({ name, calls, results }));
}
clients.close();

/** Sends a trace again as one agent. */
async function run(
  arm: Arm,
  { agent, calls }: { readonly agent: string; readonly calls: readonly TracedCall[] },
): Promise<Result> {
  await replay({
    calls,
    speed: SPEED,
    ask: async ({ blocks, outputTokens }) => {
      await client.complete({
        model: arm.model,
        messages: promptOf(blocks, agent),
        sampling: { maxOutputTokens: outputTokens },
        requirements: {
          capabilities: [...CAPABILITIES],
          excludedProviders: [...(arm.excludedProviders ?? [])],
        },
        context: { agent },
        ...(arm.cached && { cache: { use: CacheUse.ON, ttlSeconds: KEPT_SECONDS } }),
      });
    },
  });
  return { arm, booked: await bookedOf(clients, { agent, requests: calls.length }) };
}
