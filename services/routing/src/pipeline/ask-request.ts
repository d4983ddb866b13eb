import { CacheUse, Purpose } from '@switchyard/contracts/routing';
import { uuidV7 } from '@switchyard/kernel';
import type { Envelope, Operation, OperationKind } from '@switchyard/llm';
import { actingTenant, requirePermission } from '@switchyard/service-kit';
import { applicableDowngrade } from '../domain/budget/applicable-downgrade.ts';
import { type Downgrade, downgraded, isDowngradable } from '../domain/budget/downgrade.ts';
import { isCachedKind } from '../domain/cache/kept-answer.ts';
import { type Division, divideRequest, withModelOf } from '../domain/experiment/divide-request.ts';
import type { AskedFor } from '../domain/request/interpret-request.ts';
import { validateRequest } from '../domain/request/validate-request.ts';
import type { Snapshot } from '../domain/snapshot/snapshot.ts';
import { invalidFields, notOffered } from '../errors.ts';
import type { PipelineContext } from '../ports.ts';
import type { OperationCall } from './pipeline-call.ts';
import { understandRequest } from './understand-request.ts';

/** What is known of a valid request of somebody who may make it, understood on one snapshot. */
interface AskedFacts {
  readonly requestId: string;
  /** When it came, monotonic. */
  readonly arrivedAtMs: number;
  readonly arrivedWallMs: number;
  /** The tenant it is made for. */
  readonly tenant: string;
  readonly snapshot: Snapshot;
  /** What an experiment has made of it. */
  readonly division: Division;
  /** The budget that runs low and has it decided by something cheaper; undefined for none. */
  readonly downgrade: Downgrade | undefined;
  /** What it asks for, once its pool and the policies have had their say. */
  readonly understood: AskedFor;
}

/** What requests are understood with. */
export type AskContext = Pick<PipelineContext, 'snapshots' | 'clock' | 'defaultStrategy' | 'budgets'>;

/** A valid request. */
export interface AskedRequest extends AskedFacts {
  readonly operation: Operation;
}

/** The same, and who waits for it. */
export interface AskedCall<Kind extends OperationKind = OperationKind>
  extends OperationCall<Kind>,
    AskedFacts {}

/**
 * Checks a request and understands it. Nothing is weighed yet.
 *
 * @throws INVALID_ARGUMENT, UNIMPLEMENTED, PERMISSION_DENIED, FAILED_PRECONDITION where what it requires and what pool or
 *   policy require exclude each other
 */
export function askRequest<Call extends Pick<OperationCall, 'operation' | 'principal'>>(
  call: Call,
  { snapshots, clock, defaultStrategy, budgets }: AskContext,
): AskedFacts & Call {
  const { operation, principal } = call;
  const { request } = operation;
  const arrivedAtMs = clock.monotonicMs();
  const arrivedWallMs = clock.wallMs();
  const requestId = uuidV7(arrivedWallMs);
  refuseUnoffered(operation);
  const violations = validateRequest(operation);
  if (violations.length > 0) throw invalidFields(violations);
  if (request.purpose === Purpose.PROBE) requirePermission(principal, 'routing.probe');
  const tenant = actingTenant(principal, request.context?.tenant ?? '');
  const snapshot = snapshots.current;
  const divided = divideRequest(request, { experiments: snapshot.experiments, tenant, requestId });
  const asked = withModelOf(request, divided);
  const inForce = isDowngradable(request)
    ? budgets.downgradeOf({ tenant, keyId: principal.keyId })
    : undefined;
  const downgrade =
    inForce && applicableDowngrade(inForce, { kind: operation.kind, request: asked, tenant, snapshot });
  const decided = downgrade === undefined ? asked : downgraded(asked, downgrade);
  const division = divisionOf(divided, downgrade);
  const understood = understandRequest(decided, { tenant, snapshot, defaultStrategy });
  return {
    ...call,
    requestId,
    arrivedAtMs,
    arrivedWallMs,
    tenant,
    snapshot,
    division,
    downgrade,
    understood,
  };
}

/** What is decided on another model belongs to no experiment. */
function divisionOf(divided: Division, downgrade: Downgrade | undefined): Division {
  if (downgrade === undefined || downgrade.model === '') return divided;
  return { model: downgrade.model, given: undefined, assignment: undefined };
}

/** What a later version brings is refused by name. */
function refuseUnoffered({ kind, request }: Operation): void {
  if (kind !== 'chat' && request.idempotencyKey !== '') throw notOffered('idempotency_key');
  const { cache }: Envelope = request;
  if (cache?.use === CacheUse.ON && !isCachedKind(kind)) throw notOffered('cache');
}
