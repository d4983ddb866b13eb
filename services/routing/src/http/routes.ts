import type { Pipeline } from '../pipeline/pipeline.ts';
import type { PipelineContext } from '../ports.ts';
import { chatCompletions } from './chat-completions.ts';
import type { HttpRoute } from './http-call.ts';
import { models } from './models.ts';

/** Everything routing offers by HTTP. */
export function httpRoutes(
  { snapshots, clock }: PipelineContext,
  pipeline: Pipeline,
): ReadonlyMap<string, HttpRoute> {
  return new Map([
    ['POST /v1/chat/completions', chatCompletions({ pipeline, clock })],
    ['GET /v1/models', models(snapshots)],
    ['GET /v1/models/*', models(snapshots)],
  ]);
}
