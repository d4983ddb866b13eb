import { MemoryAnswers } from './cache/memory-answers.ts';
import type { RoutingConfig } from './config.ts';
import type { PipelineContext } from './ports.ts';

/** Opens the stores of answers. */
export function openCaches({ cacheBounds }: RoutingConfig): Pick<PipelineContext, 'memory' | 'shared'> {
  return { memory: new MemoryAnswers(cacheBounds), shared: undefined };
}
