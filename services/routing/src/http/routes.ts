import type { IncomingHttpHeaders } from 'node:http';
import {
  chatSurface,
  embeddingsSurface,
  imagesSurface,
  messagesSurface,
  moderationsSurface,
  platformSurface,
  rerankSurface,
  responsesSurface,
  speechSurface,
  transcriptionsSurface,
} from '@switchyard/llm';
import type { BatchEntry } from '../batch/accept-batch.ts';
import type { AdmittedPipeline } from '../pipeline/admitted-pipeline.ts';
import type { PipelineContext } from '../ports.ts';
import { answerRoute } from './answer-route.ts';
import { cancelBatch, createBatch, getBatch, listBatches } from './batches.ts';
import { countTokens } from './count-tokens.ts';
import { deleteFile, getFile, listFiles, uploadFile } from './files.ts';
import type { EncodeError, HttpRoute } from './http-call.ts';
import { models } from './models.ts';
import { surfaceRoute } from './surface-route.ts';

/**
 * Everything routing offers by HTTP. What answers a conversation is a surface of `libs/llm` and needs a line here; what
 * answers something else has a route of its own, as `models.ts`.
 */
export function httpRoutes(
  { snapshots, clock }: PipelineContext,
  pipeline: AdmittedPipeline,
  batchEntry: BatchEntry,
): ReadonlyMap<string, HttpRoute> {
  const on = { pipeline, clock };
  return new Map([
    ['POST /v1/chat/completions', surfaceRoute(chatSurface, on)],
    ['POST /v1/messages', surfaceRoute(messagesSurface, on)],
    ['POST /v1/messages/count_tokens', countTokens],
    ['POST /v1/responses', surfaceRoute(responsesSurface, on)],
    ['POST /v1/requests', surfaceRoute(platformSurface, on)],
    ['POST /v1/embeddings', answerRoute(embeddingsSurface, { kind: 'embed', ...on })],
    ['POST /v1/rerank', answerRoute(rerankSurface, { kind: 'rerank', ...on })],
    ['POST /v2/rerank', answerRoute(rerankSurface, { kind: 'rerank', ...on })],
    ['POST /v1/images/generations', answerRoute(imagesSurface, { kind: 'draw', ...on })],
    ['POST /v1/audio/speech', answerRoute(speechSurface, { kind: 'speak', ...on })],
    ['POST /v1/audio/transcriptions', answerRoute(transcriptionsSurface, { kind: 'transcribe', ...on })],
    ['POST /v1/moderations', answerRoute(moderationsSurface, { kind: 'moderate', ...on })],
    ['GET /v1/models', models(snapshots)],
    ['GET /v1/models/*', models(snapshots)],
    ...batchRoutes(batchEntry),
  ]);
}

const batchRoutes = (entry: BatchEntry): [string, HttpRoute][] => [
  ['POST /v1/files', uploadFile(entry)],
  ['GET /v1/files', listFiles(entry)],
  ['GET /v1/files/*', getFile(entry)],
  ['DELETE /v1/files/*', deleteFile(entry)],
  ['POST /v1/batches', createBatch(entry)],
  ['GET /v1/batches', listBatches(entry)],
  ['GET /v1/batches/*', getBatch(entry)],
  ['POST /v1/batches/*', cancelBatch(entry)],
];

/** The shape of errors where there is no route: clients of Anthropic always name a version of its API. */
export const strayError = (headers: IncomingHttpHeaders): EncodeError =>
  headers['anthropic-version'] === undefined ? chatSurface.encodeError : messagesSurface.encodeError;
