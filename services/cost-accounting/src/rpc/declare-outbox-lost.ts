import type { DeclareOutboxLostRequest, DeclareOutboxLostResponse } from '@switchyard/contracts/cost';
import { type Clock, invalidArgument } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import { installationKeyNeeded } from '../errors.ts';
import type { Audit, LostOutbox, LostOutboxes } from '../ports.ts';
import { readReason } from './read-reason.ts';

const MAX_ID = 128;

/** What the loss of an outbox is declared with. */
export interface LossContext {
  readonly lost: LostOutboxes;
  readonly audit: Audit;
  readonly clock: Clock;
}

/** Declares an outbox lost: what it holds of budgets stays counted, and is booked as unattributed. */
export const declareOutboxLost =
  ({ lost, audit, clock }: LossContext): UnaryHandler<DeclareOutboxLostRequest, DeclareOutboxLostResponse> =>
  async ({ outboxId, reason, dryRun }, { principal }) => {
    if (!principal.installation) throw installationKeyNeeded('declaring an outbox lost');
    if (outboxId === '' || outboxId.length > MAX_ID || outboxId.includes('\0'))
      throw invalidArgument({ field: 'outbox_id', description: `must have 1 to ${MAX_ID} characters` });
    const why = readReason(reason);
    const preview = await lost.preview(outboxId);
    if (dryRun || preview.lostAt !== undefined) return responseOf(preview);
    await audit.append({
      tenant: principal.tenant,
      actor: principal.keyId,
      action: 'cost.outbox.declare_lost',
      resource: `outbox:${outboxId}`,
      details: { reason: why },
    });
    return responseOf(
      await lost.declare(outboxId, { keyId: principal.keyId, reason: why, nowMs: clock.wallMs() }),
    );
  };

const responseOf = ({ lostAt, costs, held }: LostOutbox): DeclareOutboxLostResponse => ({
  lostAt,
  costs: [...costs].map(([tenant, amountNanoUsd]) => ({ tenant, amountNanoUsd })),
  windows: held.map(({ budget, startMs, amount }) => ({
    ...{ tenant: budget.tenant, budget: budget.id, unit: budget.unit, amount },
    windowStart: startMs === 0 ? undefined : new Date(startMs),
  })),
});
