import { InferenceServiceClient, ListModelsRequest, type Model } from '@switchyard/contracts/routing';
import { callUnary, type GrpcTarget, openGrpcClient } from '@switchyard/service-kit';
import type { Offer } from '../domain/recommend/offer.ts';
import type { OfferDirectory } from '../ports.ts';

const TIMEOUT_MS = 3_000;
const PAGE_SIZE = 5_000;
/** Offers that are looked at: two of the whole catalog. */
const MAX_PAGES = 4;

/** What configured providers offer, as routing says. */
export function grpcOffers(target: GrpcTarget): OfferDirectory & { close(): void } {
  const client = openGrpcClient(InferenceServiceClient, target);
  const method = client.listModels.bind(client);
  return {
    async list() {
      const offers: Offer[] = [];
      let pageToken = '';
      for (let page = 0; page < MAX_PAGES; page++) {
        const request = ListModelsRequest.fromPartial({ pageSize: PAGE_SIZE, pageToken });
        const found = await callUnary({ method, request, target, timeoutMs: TIMEOUT_MS });
        offers.push(...found.models.map(offerOf));
        pageToken = found.nextPageToken;
        if (pageToken === '') break;
      }
      return offers;
    },
    close: () => client.close(),
  };
}

const offerOf = ({ pricesPerMillionNanoUsd: prices, ...model }: Model): Offer => ({
  ...{ provider: model.provider, model: model.model, tenant: model.tenant },
  ...{ canonicalModel: model.canonicalModel, simulated: model.simulated },
  capabilities: new Set(model.capabilities),
  ...{ contextTokens: model.contextTokens, maxOutputTokens: model.maxOutputTokens },
  ...{
    input: prices.input,
    output: prices.output,
    reasoning: prices.reasoning,
    chargedOtherwise: model.chargedOtherwise,
  },
  residency: new Set(model.residency),
  tags: new Set(model.tags),
});
