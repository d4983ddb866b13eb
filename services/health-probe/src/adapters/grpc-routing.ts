import {
  CompleteRequest,
  InferenceServiceClient,
  type Model,
  ProbeKind,
  ProviderMode,
  type ProviderStatus,
  Purpose,
  Role,
} from '@switchyard/contracts/routing';
import { ServiceError } from '@switchyard/kernel';
import { callUnary, type GrpcTarget, openGrpcClient } from '@switchyard/service-kit';
import type { ProbeModel } from '../domain/probe-model.ts';
import type { WatchedProvider } from '../domain/watched-provider.ts';
import type { ProbeOutcome, ProbeTarget, Routing } from '../ports.ts';
import { callTest } from './call-test.ts';

export interface GrpcRoutingOptions {
  readonly target: GrpcTarget;
  /** Most time of one probe, in milliseconds. */
  readonly probeTimeoutMs: number;
}

const LIST_TIMEOUT_MS = 3_000;
const PAGE_SIZE = 1_000;
/** Most pages of one list. */
const MAX_PAGES = 10;
/** Error classes by which a provider turns down the model rather than fails. */
const ABOUT_THE_MODEL = new Set([
  'invalid_request',
  'not_found',
  'context_length',
  'content_filter',
  'permission',
]);

/** The routing service by gRPC, with this service's own key. */
export function grpcRouting({ target, probeTimeoutMs }: GrpcRoutingOptions): Routing & { close(): void } {
  const client = openGrpcClient(InferenceServiceClient, target);
  return {
    listProviders: () =>
      allPages(async (pageToken) => {
        const { providers, nextPageToken } = await callUnary({
          method: client.listProviders.bind(client),
          request: { pageSize: PAGE_SIZE, pageToken },
          target,
          timeoutMs: LIST_TIMEOUT_MS,
        });
        return { items: providers.flatMap(watchedProvider), nextPageToken };
      }),
    listModels: ({ tenant, provider }) =>
      allPages(async (pageToken) => {
        const { models, nextPageToken } = await callUnary({
          method: client.listModels.bind(client),
          request: { capabilities: [], provider, pageSize: PAGE_SIZE, pageToken },
          target,
          timeoutMs: LIST_TIMEOUT_MS,
        });
        // This service sees the models of all owners, and providers of several may have the same id.
        const own = models.filter((model) => model.tenant === tenant);
        return { items: own.map(probeModel), nextPageToken };
      }),
    async probe(probed) {
      try {
        const { cost } = await callUnary({
          method: client.complete.bind(client),
          request: probeRequest(probed),
          target,
          timeoutMs: probeTimeoutMs,
        });
        return { outcome: 'ok', costNanoUsd: cost?.totalNanoUsd };
      } catch (error) {
        return { outcome: outcomeOf(error), costNanoUsd: costOf(error) };
      }
    },
    async probeProvider({ tenant, provider }) {
      try {
        const method = client.probeProvider.bind(client);
        await callUnary({ method, request: { tenant, provider }, target, timeoutMs: probeTimeoutMs });
        return 'ok';
      } catch (error) {
        const outcome = outcomeOf(error);
        // There is no model to blame.
        return outcome === 'unfit_model' ? 'failed' : outcome;
      }
    },
    test: (call) => callTest({ client, target }, call),
    close: () => client.close(),
  };
}

/** The cheapest call there is: a word in, a token out, of this one provider. */
function probeRequest({ tenant, provider, model, maxCostNanoUsd }: ProbeTarget): CompleteRequest {
  return CompleteRequest.fromPartial({
    model,
    messages: [{ role: Role.USER, parts: [{ content: { $case: 'text', value: 'ping' } }] }],
    sampling: { maxOutputTokens: 1 },
    requirements: {
      allowedProviders: [provider],
      ...(maxCostNanoUsd > 0n ? { maxCostNanoUsd } : {}),
    },
    failover: { allowed: false, maxFallbacks: 0 },
    purpose: Purpose.PROBE,
    context: { service: 'health-probe', tenant },
  });
}

const probeModel = ({ model, capabilities, pricesPerMillionNanoUsd: prices }: Model): ProbeModel => ({
  model,
  capabilities,
  prices,
});

/** A disabled provider takes no part, so there is nothing to be known about it. */
function watchedProvider({ provider, health }: ProviderStatus): WatchedProvider[] {
  if (provider === undefined || provider.mode === ProviderMode.DISABLED) return [];
  const { id, tenant, mode, probeKind } = provider;
  const asksNoModel = probeKind === ProbeKind.LIST_MODELS || probeKind === ProbeKind.TCP_TLS;
  const inMaintenance = mode === ProviderMode.MAINTENANCE;
  const probes = asksNoModel ? 'provider' : 'model';
  return [{ tenant, provider: id, inMaintenance, probes, isConfigured: health !== 'not_configured' }];
}

/** Classes of errors after which the provider may still have worked, and so charge. */
const MAY_HAVE_WORKED = new Set(['timeout', 'broken_stream', 'invalid_response', 'cancelled']);

/** A provider that turned a call down charges nothing; of one that left it open nobody knows. */
function costOf(error: unknown): bigint | undefined {
  if (!(error instanceof ServiceError)) return undefined;
  const { reason, metadata } = error;
  if (reason === 'DEADLINE_EXCEEDED' || reason === 'CANCELLED') return undefined;
  if (reason.startsWith('PROVIDER_')) return MAY_HAVE_WORKED.has(metadata.error_class ?? '') ? undefined : 0n;
  // Routing refused it itself, or was not reached; what was on its way then is not known.
  return outcomeOf(error) === 'refused' ? 0n : undefined;
}

function outcomeOf(error: unknown): ProbeOutcome {
  if (!(error instanceof ServiceError)) return 'failed';
  const { reason, metadata } = error;
  // Routing says that the provider was called, and how that failed.
  if (reason.startsWith('PROVIDER_')) {
    return ABOUT_THE_MODEL.has(metadata.error_class ?? '') ? 'unfit_model' : 'failed';
  }
  if (reason === 'NO_CANDIDATE' || reason === 'MODEL_NOT_FOUND' || reason === 'INVALID_ARGUMENT')
    return 'refused';
  return reason === 'DEADLINE_EXCEEDED' ? 'failed' : 'routing_away';
}

async function allPages<T>(
  read: (pageToken: string) => Promise<{ readonly items: readonly T[]; readonly nextPageToken: string }>,
): Promise<readonly T[]> {
  const all: T[] = [];
  let pageToken = '';
  for (let page = 0; page < MAX_PAGES; page++) {
    const { items, nextPageToken } = await read(pageToken);
    all.push(...items);
    if (nextPageToken === '') break;
    pageToken = nextPageToken;
  }
  return all;
}
