import type { CompleteRequest } from '@switchyard/contracts/routing';
import type { Principal } from '@switchyard/service-kit';

/** A request as every surface hands it to the pipeline. */
export interface PipelineCall {
  readonly request: CompleteRequest;
  readonly principal: Principal;
  /** Fires when the caller goes away. */
  readonly signal: AbortSignal;
  /** When the caller's patience ends, in wall milliseconds; undefined: never. */
  readonly deadlineAtMs: number | undefined;
}
