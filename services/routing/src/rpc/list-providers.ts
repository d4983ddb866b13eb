import {
  CompleteRequest,
  type ListProvidersRequest,
  type ListProvidersResponse,
  type Provider,
  ProviderMode,
  type ProviderStatus,
  Role,
} from '@switchyard/contracts/routing';
import { chatOf } from '@switchyard/llm';
import { actingTenant, type Principal, type Rpc, type UnaryHandler } from '@switchyard/service-kit';
import { healthName } from '../domain/decide/health-tier.ts';
import { registryStatistics } from '../domain/provider/registry-statistics.ts';
import { reachesOf } from '../domain/snapshot/at-endpoints.ts';
import type { ConfiguredProvider } from '../domain/snapshot/offering.ts';
import { providerKey } from '../domain/snapshot/provider-offers.ts';
import { decideRequest } from '../pipeline/admit-request.ts';
import { askRequest } from '../pipeline/ask-request.ts';
import type { PipelineContext } from '../ports.ts';
import type { OfferingRuntime } from '../runtime/offering-runtime.ts';
import { providerStatistics } from '../runtime/provider-statistics.ts';
import { pageOf, readPage } from './paging.ts';

type Context = Pick<PipelineContext, 'snapshots' | 'clock' | 'secrets'>;

/** InferenceService.ListProviders */
export const listProviders = (
  context: PipelineContext,
): Rpc<UnaryHandler<ListProvidersRequest, ListProvidersResponse>> => ({
  permission: 'routing.provider.read',
  handle: async (request, { principal }) => {
    const page = readPage(request, { fallback: 100, max: 1_000 });
    const acting = actingTenant(principal, request.tenant ?? '');
    const visible = context.snapshots.parts.providers
      .filter(
        ({ tenant }) =>
          tenant === '' ||
          tenant === acting ||
          (request.tenant === undefined && principal.installation && principal.role === 'service'),
      )
      .toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
    const { page: providers, nextPageToken } = pageOf(visible, page, sortKey);
    const known = knownOf(context, principal);
    const states = new Map(visible.map((provider) => [provider, stateOf(provider, context, known)]));
    return {
      providers: providers.map((provider) => statusOf(provider, context, { ...known, states })),
      nextPageToken,
      statistics: registryStatistics(visible, {
        stateOf: (provider) => states.get(provider)?.health ?? '',
        activeAt: ({ tenant, id }) => activeOf(known.runtimes.get(providerKey(tenant, id)) ?? []),
      }),
    };
  },
});

const sortKey = ({ id, tenant }: Provider): string => `${id} ${tenant}`;

/** What one call looks up for all of its rows, once. */
interface Known {
  readonly configured: ReadonlyMap<string, ConfiguredProvider>;
  readonly runtimes: ReadonlyMap<string, readonly OfferingRuntime[]>;
  /** Id of the provider that would be chosen now. */
  readonly current: string | undefined;
}

const knownOf = (context: PipelineContext, principal: Principal): Known => ({
  configured: new Map(context.snapshots.current.providers.map((one) => [one.key, one])),
  runtimes: context.runtimes.byProvider(),
  current: currentProvider(context, principal),
});

/** A provider's state, and why it is in it. */
type State = Pick<ProviderStatus, 'health' | 'healthReason'>;

const stateOf = (provider: Provider, context: Context, { configured }: Known): State =>
  healthOf(provider, configured.get(providerKey(provider.tenant, provider.id)), context);

const activeOf = (runtimes: readonly OfferingRuntime[]): number =>
  runtimes.reduce((sum, { active }) => sum + active, 0);

function statusOf(
  provider: Provider,
  context: Context,
  known: Known & { readonly states: ReadonlyMap<Provider, State> },
): ProviderStatus {
  const { clock } = context;
  const key = providerKey(provider.tenant, provider.id);
  const configured = known.configured.get(key);
  const nowMs = clock.monotonicMs();
  const statistics =
    configured === undefined ? undefined : providerStatistics(known.runtimes.get(key) ?? [], nowMs);
  const calls = statistics?.calls ?? 0;
  const failures = statistics?.failures ?? 0;
  const wallOf = (atMs: number | undefined) =>
    atMs === undefined ? undefined : new Date(clock.wallMs() - (nowMs - atMs));
  return {
    provider,
    ...(known.states.get(provider) ?? { health: '', healthReason: '' }),
    requests: BigInt(calls),
    failures: BigInt(failures),
    successRate: calls === 0 ? undefined : (calls - failures) / calls,
    averageLatencyMs: statistics?.meanTotalMs,
    lastSuccessAt: wallOf(statistics?.lastSuccessAtMs),
    lastFailureAt: wallOf(statistics?.lastFailureAtMs),
    activeRequests: statistics?.active ?? 0,
    current: provider.id === known.current,
    consecutiveFailures: statistics?.consecutiveFailures ?? 0,
  };
}

function healthOf(
  provider: Provider,
  configured: ConfiguredProvider | undefined,
  { snapshots, secrets }: Context,
): State {
  if (configured === undefined)
    return {
      health: 'not_configured',
      healthReason: `its wire format ${provider.wireFormat} or the host of its base_url is not known`,
    };
  if (provider.mode === ProviderMode.DISABLED)
    return { health: 'disabled', healthReason: 'an operator has disabled it' };
  const reaches = reachesOf(configured);
  if (reaches.every((reach) => secrets.stateOf(reach) === 'missing')) {
    const problems = reaches.map(
      (reach) => `its secret ${reach.credentialRef}: ${secrets.problemOf(reach) ?? 'it cannot be had'}`,
    );
    return {
      health: 'not_configured',
      healthReason: [...new Set(problems)].join('; '),
    };
  }
  if (provider.mode === ProviderMode.MAINTENANCE)
    return { health: 'maintenance', healthReason: 'an operator has put it in maintenance' };
  return { health: healthName(snapshots.current.health.get(configured.key)), healthReason: '' };
}

/** Whom the default strategy would choose now for "auto". Looks at no more candidates than a request would. */
function currentProvider(context: PipelineContext, principal: Principal): string | undefined {
  const request = CompleteRequest.fromPartial({
    model: 'auto',
    messages: [{ role: Role.USER, parts: [{ content: { $case: 'text', value: 'hello' } }] }],
  });
  try {
    const asked = askRequest({ operation: chatOf(request), principal }, context);
    return decideRequest(asked, context, { stream: false }).choice.ranked[0]?.offering.provider.id;
  } catch {
    // Without any offering there is nobody to be chosen.
    return undefined;
  }
}
