import {
  CompleteRequest,
  InferenceServiceClient,
  ProviderMode,
  type ProviderStatus,
  Purpose,
  Role,
} from '@switchyard/contracts/routing';
import { ServiceError } from '@switchyard/kernel';
import { callUnary, type GrpcTarget, openGrpcClient } from '@switchyard/service-kit';
import type { ProbeModel } from '../domain/probe-model.ts';
import type { ProviderName } from '../domain/provider-key.ts';
import type { WatchedProvider } from '../domain/watched-provider.ts';
import type { ProbeOutcome, Routing } from '../ports.ts';

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
    listModels: (provider) =>
      allPages(async (pageToken) => {
        const { models, nextPageToken } = await callUnary({
          method: client.listModels.bind(client),
          request: { capabilities: [], provider, pageSize: PAGE_SIZE, pageToken },
          target,
          timeoutMs: LIST_TIMEOUT_MS,
        });
        const items = models.map(
          ({ model, capabilities, pricesPerMillionNanoUsd }): ProbeModel => ({
            model,
            capabilities,
            prices: pricesPerMillionNanoUsd,
          }),
        );
        return { items, nextPageToken };
      }),
    async probe(probed) {
      try {
        await callUnary({
          method: client.complete.bind(client),
          request: probeRequest(probed),
          target,
          timeoutMs: probeTimeoutMs,
        });
        return 'ok';
      } catch (error) {
        return outcomeOf(error);
      }
    },
    close: () => client.close(),
  };
}

/** The cheapest call there is: a word in, a token out, of this one provider. */
function probeRequest({
  tenant,
  provider,
  model,
}: ProviderName & { readonly model: string }): CompleteRequest {
  return CompleteRequest.fromPartial({
    model,
    messages: [{ role: Role.USER, parts: [{ content: { $case: 'text', value: 'ping' } }] }],
    sampling: { maxOutputTokens: 1 },
    requirements: { allowedProviders: [provider] },
    failover: { allowed: false, maxFallbacks: 0 },
    purpose: Purpose.PROBE,
    context: { service: 'health-probe', tenant },
  });
}

/** A disabled provider takes no part, so there is nothing to be known about it. */
function watchedProvider({ provider, health }: ProviderStatus): WatchedProvider[] {
  if (provider === undefined || provider.mode === ProviderMode.DISABLED) return [];
  const { id, tenant, mode } = provider;
  const inMaintenance = mode === ProviderMode.MAINTENANCE;
  return [{ tenant, provider: id, inMaintenance, isConfigured: health !== 'not_configured' }];
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
