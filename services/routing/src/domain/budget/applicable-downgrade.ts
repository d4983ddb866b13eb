import { Strategy } from '@switchyard/contracts/routing';
import { unreachable } from '@switchyard/kernel';
import type { Envelope, OperationKind } from '@switchyard/llm';
import { namesProvider } from '../decide/select-offerings.ts';
import { resolveModel } from '../request/resolve-model.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Downgrade } from './downgrade.ts';

/** A request as it would be decided on without a downgrade. */
export interface DowngradedRequest {
  readonly kind: OperationKind;
  /** With the model name of its variant, where an experiment gave it one. */
  readonly request: Envelope;
  readonly tenant: string;
  readonly snapshot: Snapshot;
}

/**
 * The part of a downgrade that a request may be decided by; undefined where there is none. Another model can take the place of a
 * chat's only (a vector of another model is compared with nothing), and only where the request's own name lets anybody have the
 * text: who names a pool with members or requirements, or `provider/model`, says by that where it may go.
 */
export function applicableDowngrade(downgrade: Downgrade, asked: DowngradedRequest): Downgrade | undefined {
  if (downgrade.model === '' || (asked.kind === 'chat' && isForAnybody(asked))) return downgrade;
  return downgrade.strategy === Strategy.UNSPECIFIED ? undefined : { ...downgrade, model: '' };
}

function isForAnybody({ request, tenant, snapshot }: DowngradedRequest): boolean {
  const named = resolveModel(request, { tenant, snapshot });
  if (!named.ok) return false;
  const { selector } = named;
  switch (selector.kind) {
    case 'auto':
      return true;
    case 'pool':
      return selector.pool.offerings === 'any' && selector.pool.requirements === undefined;
    case 'model':
      // A name with a slash that nobody knows may be of a provider that is gone.
      return snapshot.byModel.has(selector.model)
        ? !namesProvider({ selector, tenant }, snapshot)
        : !selector.model.includes('/');
    default:
      return unreachable(selector);
  }
}
