/** The model catalog, rating, wire formats and surfaces. Pure: no I/O, clock or random numbers. */

export {
  type AccessToken,
  AUTH_STYLES,
  type Authorization,
  type AuthStyle,
  isAuthStyle,
  type KeyProblem,
  NO_AUTHORIZATION,
  type RequestAuthorization,
  readAccessToken,
  readKey,
  type Secrets,
  type TokenGrant,
} from './auth/index.ts';
export type {
  BatchLineEnd,
  BatchLineResult,
  BatchProtocol,
  BatchRequest,
  NewProviderBatch,
  ProviderBatch,
} from './batches/batch-protocol.ts';
export { canonicalModel } from './catalog/canonical-model.ts';
export { CAPABILITIES, type Capability } from './catalog/capabilities.ts';
export type { AliasTarget, Catalog } from './catalog/catalog.ts';
export {
  type CatalogProvider,
  isOptIn,
  isUrlTemplate,
  PROVIDER_KINDS,
  type ProviderKind,
} from './catalog/catalog-provider.ts';
export { MODEL_MODES, type ModelMode } from './catalog/model-mode.ts';
export type { Offering } from './catalog/offering.ts';
export {
  type PriceTier,
  type PriceVote,
  type RegionalPrices,
  SERVICE_TIERS,
  type ServiceTier,
  type ServiceTierPrices,
  type SourceId,
  type TieredPrices,
  UNIT_KINDS,
  type UnitPrices,
} from './catalog/offering-prices.ts';
export { pricesAt } from './catalog/prices-at.ts';
export { RESIDENCY_REGIONS, type Region, residencyOf, residencyOfAll } from './catalog/residency.ts';
export { checkCatalog, loadCatalog } from './catalog/snapshot/load-catalog.ts';
export type { DecodedResponse } from './formats/decoded-response.ts';
export { deltasOfMessage } from './formats/deltas-of-message.ts';
export { type Dialect, GENERIC_DIALECT, OPENAI_DIALECT } from './formats/dialect.ts';
export { ERROR_CLASSES, type ErrorClass, type ErrorClassRules } from './formats/error-classes.ts';
export type { EncodedRequest, HttpAnswer, ResponseHeaders, SendableRequest } from './formats/http-message.ts';
export { MessageBuilder } from './formats/message-builder.ts';
export type { ModelTraits } from './formats/model-traits.ts';
export { type ProviderError, type ProviderErrorInit, providerError } from './formats/provider-error.ts';
export type { Unsupported } from './formats/unsupported.ts';
export type {
  EncodeInput,
  StreamDecoder,
  StreamDecoderOptions,
  StreamEvent,
  WireFormat,
  WireFormatId,
} from './formats/wire-format.ts';
export { WIRE_FORMAT_IDS } from './formats/wire-format.ts';
export { findWireFormat } from './formats/wire-formats.ts';
export type { DecodedSpeech } from './operations/audio/decoded-speech.ts';
export type { DecodedTranscript } from './operations/audio/decoded-transcript.ts';
export { measureSound } from './operations/audio/measure-sound.ts';
export { measureSpeech } from './operations/audio/measure-speech.ts';
export type { DecodedImages } from './operations/draw/decoded-images.ts';
export { asksForSize } from './operations/draw/usage-of-images.ts';
export {
  boundEmbedTokens,
  estimateEmbedTokens,
  estimateLongestInput,
} from './operations/embed/count-embed-tokens.ts';
export type { DecodedEmbeddings } from './operations/embed/decoded-embeddings.ts';
export type { Envelope } from './operations/envelope.ts';
export { measureModeration } from './operations/moderate/count-moderation.ts';
export type { DecodedModeration } from './operations/moderate/decoded-moderation.ts';
export {
  chatOf,
  type Operation,
  type OperationAnswers,
  type OperationKind,
  type OperationRequests,
} from './operations/operation.ts';
export type { PlainOperationKind } from './operations/operation-format.ts';
export { measureRerank } from './operations/rerank/count-rerank.ts';
export type { DecodedRanking } from './operations/rerank/decoded-ranking.ts';
export {
  decodeOperation,
  encodeOperation,
  findUnsupportedOperation,
  type OperationInput,
  unsupportedVariant,
} from './operations/speak-operation.ts';
export { readRateLimits } from './rate-limits/read-rate-limits.ts';
export type { TokenBounds } from './rating/bound-cost.ts';
export { boundUnitCost } from './rating/bound-cost.ts';
export { boundTieredCost } from './rating/bound-tiered-cost.ts';
export { type CountedUsage, completeUsage } from './rating/complete-usage.ts';
export { boundInputTokens, estimateInputTokens, estimateTextTokens } from './rating/count-tokens.ts';
export {
  byWeight,
  chargedBy,
  holdsAt,
  type ListedPrices,
  type PriceTerm,
  type PriceWindow,
} from './rating/price-terms.ts';
export { PRICE_KINDS, type Prices, pricesOf } from './rating/prices.ts';
export { type CostComponent, type RatedUsage, rateUsage } from './rating/rate-usage.ts';
export { sumUsage } from './rating/sum-usage.ts';
export { unboundedFields } from './rating/unbounded-fields.ts';
export {
  CHARGED_UNITS,
  type ChargedPrices,
  type ChargedUnit,
  type ChargedUnitPrices,
  unitPricesOf,
  usageOfUnits,
  type WholeUnit,
} from './rating/unit-prices.ts';
export { cosineSimilarity } from './similarity/cosine-similarity.ts';
export { numbersIn } from './similarity/numbers-in.ts';
export { decodeCountRequest } from './surfaces/anthropic-messages/decode-request.ts';
export { messagesSurface } from './surfaces/anthropic-messages/messages-surface.ts';
export { inCallersWords } from './surfaces/callers-words.ts';
export { FieldReader, Violations } from './surfaces/field-reader.ts';
export { chatSurface } from './surfaces/openai-chat/chat-surface.ts';
export { embeddingsSurface } from './surfaces/openai-embeddings/embeddings-surface.ts';
export { imagesSurface } from './surfaces/openai-images/images-surface.ts';
export { moderationsSurface } from './surfaces/openai-moderations/moderations-surface.ts';
export { responsesSurface } from './surfaces/openai-responses/responses-surface.ts';
export { speechSurface } from './surfaces/openai-speech/speech-surface.ts';
export { transcriptionsSurface } from './surfaces/openai-transcriptions/transcriptions-surface.ts';
export { rerankSurface } from './surfaces/rerank/rerank-surface.ts';
export type {
  AnswerHead,
  AnswerSurface,
  CallerHeaders,
  Surface,
  SurfaceError,
  SurfaceRequest,
  SurfaceStreamEncoder,
} from './surfaces/surface.ts';
export { FormFile, RawBody } from './surfaces/surface.ts';
export { platformSurface } from './surfaces/switchyard-requests/platform-surface.ts';
