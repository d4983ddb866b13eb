import type { Operation, OperationKind, OperationRequests } from '@switchyard/llm';
import type { Principal } from '@switchyard/service-kit';

/** Who calls, and how long it waits. */
export interface Caller {
  readonly principal: Principal;
  /** Fires when the caller goes away. */
  readonly signal: AbortSignal;
  /** When the caller's patience ends, in wall milliseconds; undefined: never. */
  readonly deadlineAtMs: number | undefined;
}

/** A request as every surface hands it to the pipeline. */
export interface PipelineCall<Kind extends OperationKind = 'chat'> extends Caller {
  readonly request: OperationRequests[Kind];
}

/** The same with its kind of work, as the pipeline's parts take it. */
export interface OperationCall<Kind extends OperationKind = OperationKind> extends Caller {
  readonly operation: Operation<Kind>;
}

/** Whether a probe wants to see that a wrong key is refused. */
export const asksWithWrongKey = (operation: Operation): boolean =>
  operation.kind === 'chat' && operation.request.wrongKey;
