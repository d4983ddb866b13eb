import type {
  CompleteRequest,
  EmbedRequest,
  GenerateImagesRequest,
  ModerateRequest,
  RerankRequest,
  SpeakRequest,
  TranscribeRequest,
} from '@switchyard/contracts/routing';
import type { DecodedResponse } from '../formats/decoded-response.ts';
import type { DecodedSpeech } from './audio/decoded-speech.ts';
import type { DecodedTranscript } from './audio/decoded-transcript.ts';
import type { DecodedImages } from './draw/decoded-images.ts';
import type { DecodedEmbeddings } from './embed/decoded-embeddings.ts';
import type { DecodedModeration } from './moderate/decoded-moderation.ts';
import type { DecodedRanking } from './rerank/decoded-ranking.ts';

/** The canonical request of each kind of work. Each has the fields of an `Envelope`. */
export interface OperationRequests {
  readonly chat: CompleteRequest;
  readonly embed: EmbedRequest;
  readonly rerank: RerankRequest;
  readonly moderate: ModerateRequest;
  readonly draw: GenerateImagesRequest;
  readonly speak: SpeakRequest;
  readonly transcribe: TranscribeRequest;
}

/** What a provider's answer is decoded to, for each kind of work. */
export interface OperationAnswers {
  readonly chat: DecodedResponse;
  readonly embed: DecodedEmbeddings;
  readonly rerank: DecodedRanking;
  readonly moderate: DecodedModeration;
  readonly draw: DecodedImages;
  readonly speak: DecodedSpeech;
  readonly transcribe: DecodedTranscript;
}

/** A kind of work that a model can be asked for. */
export type OperationKind = keyof OperationRequests;

/** Work that a model is asked for: its kind, and the request. */
export type Operation<Kind extends OperationKind = OperationKind> = {
  [Each in Kind]: { readonly kind: Each; readonly request: OperationRequests[Each] };
}[Kind];

/** A conversation as work. */
export const chatOf = (request: CompleteRequest): Operation<'chat'> => ({ kind: 'chat', request });
