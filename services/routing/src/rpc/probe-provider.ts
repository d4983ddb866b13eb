import {
  ProbeKind,
  type ProbeProviderRequest,
  type ProbeProviderResponse,
} from '@switchyard/contracts/routing';
import { actingTenant, type Rpc, type UnaryHandler } from '@switchyard/service-kit';
import { allFailed, invalidFields, providerNotFound } from '../errors.ts';
import { probeProvider as probe } from '../pipeline/provider-probe.ts';
import type { PipelineContext } from '../ports.ts';

/** InferenceService.ProbeProvider */
export const probeProvider = (
  context: PipelineContext,
): Rpc<UnaryHandler<ProbeProviderRequest, ProbeProviderResponse>> => ({
  permission: 'routing.probe',
  handle: async ({ provider: id, tenant: owner }, { principal, signal }) => {
    const tenant = actingTenant(principal, owner);
    const provider = context.snapshots.current.providers.find((one) => one.id === id && one.tenant === owner);
    if (provider === undefined) throw providerNotFound(id);
    const kind = provider.probeKind;
    if (kind !== ProbeKind.LIST_MODELS && kind !== ProbeKind.TCP_TLS)
      throw invalidFields([
        { field: 'provider', description: 'is probed by a completion: ask one of its models' },
      ]);
    const asked = { provider, kind, tenant, keyId: principal.keyId, signal };
    const { requestId, durationMs, error } = await probe(asked, context);
    if (error !== undefined) throw allFailed({ requestId, provider: id, model: 'probe', attempts: 1, error });
    return { requestId, durationMs };
  },
});
