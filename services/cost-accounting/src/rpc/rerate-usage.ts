import type { RerateUsageRequest, RerateUsageResponse } from '@switchyard/contracts/cost';
import { type Clock, invalidArgument, uuidV7 } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import { readRerating } from '../domain/price/read-rerating.ts';
import { installationKeyNeeded } from '../errors.ts';
import type { UsageRerating } from '../ports.ts';

/** Corrects what was charged, or tells what would be. */
export const rerateUsage =
  (rerating: UsageRerating, clock: Clock): UnaryHandler<RerateUsageRequest, RerateUsageResponse> =>
  async (request, { principal }) => {
    if (!principal.installation) throw installationKeyNeeded('correcting what was charged');
    const nowMs = clock.wallMs();
    const read = readRerating(request, nowMs);
    if (!read.ok) throw invalidArgument(...read.error);
    const { reason } = read.value;
    const run = { id: uuidV7(nowMs), reason, keyId: principal.keyId, nowMs };
    const result = await rerating.run(read.value, request.dryRun ? undefined : run);
    return {
      ...result,
      entries: BigInt(result.entries),
      adjusted: BigInt(result.adjusted),
      unpriced: BigInt(result.unpriced),
    };
  };
