import {
  type CompleteResponse,
  Purpose,
  RequestPriority,
  type StreamCompleteResponse,
} from '@switchyard/contracts/routing';
import type { Envelope, PlainOperationKind } from '@switchyard/llm';
import type { Priority } from '@switchyard/resilience';
import { AdmittedStream } from './admitted-stream.ts';
import type { Entrance } from './entrance.ts';
import type { Pipeline, PlainAnswer } from './pipeline.ts';
import type { PipelineCall } from './pipeline-call.ts';

/** The pipeline behind its entrance: what every surface asks. A request is let in before anything is done for it. */
export class AdmittedPipeline implements Pick<Pipeline, 'complete' | 'stream' | 'work' | 'route'> {
  readonly #pipeline: Pipeline;
  readonly #entrance: Entrance;

  constructor(pipeline: Pipeline, entrance: Entrance) {
    this.#pipeline = pipeline;
    this.#entrance = entrance;
  }

  /** As {@link Pipeline.complete}. @throws TOO_MANY_REQUESTS besides */
  complete(call: PipelineCall): Promise<CompleteResponse> {
    return this.#answer(call, () => this.#pipeline.complete(call));
  }

  /** As {@link Pipeline.stream}. @throws TOO_MANY_REQUESTS besides, by the iteration */
  stream(call: PipelineCall): AsyncGenerator<StreamCompleteResponse, void, undefined> {
    const { request, signal } = call;
    if (isProbe(request)) return this.#pipeline.stream(call);
    return new AdmittedStream({
      enter: () => this.#entrance.enter(priorityOf(request), signal),
      open: () => this.#pipeline.stream(call),
      leave: () => this.#entrance.leave(),
    });
  }

  /** As {@link Pipeline.work}. @throws TOO_MANY_REQUESTS besides */
  work<Kind extends PlainOperationKind>(kind: Kind, call: PipelineCall<Kind>): Promise<PlainAnswer<Kind>> {
    return this.#answer(call, () => this.#pipeline.work(kind, call));
  }

  /** Decides without calling anyone: as {@link Pipeline.route}. */
  route(call: Parameters<Pipeline['route']>[0]): ReturnType<Pipeline['route']> {
    return this.#pipeline.route(call);
  }

  async #answer<Answer>(
    { request, signal }: { readonly request: Envelope; readonly signal: AbortSignal },
    answer: () => Promise<Answer>,
  ): Promise<Answer> {
    if (isProbe(request)) return answer();
    const entered = this.#entrance.enter(priorityOf(request), signal);
    if (entered !== undefined) await entered;
    try {
      return await answer();
    } finally {
      this.#entrance.leave();
    }
  }
}

/** A probe is let in always: one that is refused here would be held against its provider. */
const isProbe = ({ purpose }: Envelope): boolean => purpose === Purpose.PROBE;

function priorityOf({ priority }: Envelope): Priority {
  if (priority === RequestPriority.HIGH) return 'high';
  return priority === RequestPriority.LOW ? 'low' : 'normal';
}
