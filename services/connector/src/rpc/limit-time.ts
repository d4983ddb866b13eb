import { connectorError } from '../errors.ts';

/** A signal with a reason from the service's table, and its timer. */
export interface LimitedSignal extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Fires when the caller goes away or the time limit passes. A limit shorter than the connector's own says nothing about the
 * system that was called.
 */
export function limitTime(
  caller: AbortSignal,
  { limitMs, isCallers }: { readonly limitMs: number; readonly isCallers: boolean },
): LimitedSignal {
  const abort = new AbortController();
  const timer = setTimeout(
    () => abort.abort(connectorError(isCallers ? 'CALLER_TIME_LIMIT' : 'TIME_LIMIT')),
    limitMs,
  );
  const gone = () => abort.abort(connectorError('CALLER_GONE'));
  if (caller.aborted) gone();
  else caller.addEventListener('abort', gone, { once: true });
  return {
    signal: abort.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      caller.removeEventListener('abort', gone);
    },
  };
}
