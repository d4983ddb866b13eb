import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError } from '@switchyard/kernel';
import { callUnary, type UnaryCall } from '@switchyard/service-kit';

/** Services that have just started find each other within seconds. */
const PATIENCE_MS = 30_000;
const RETRY_MS = 100;
const CALL_TIMEOUT_MS = 10_000;

/** Makes a call that may be made twice; while the service, or one that it needs, is not there yet, tries again. @throws ServiceError */
export async function callWhenAvailable<Req, Res>(
  call: Omit<UnaryCall<Req, Res>, 'timeoutMs'> & { readonly signal: AbortSignal },
): Promise<Res> {
  const end = performance.now() + PATIENCE_MS;
  while (true) {
    try {
      return await callUnary({ ...call, timeoutMs: CALL_TIMEOUT_MS });
    } catch (error) {
      const isPassing = error instanceof ServiceError && error.code === 'UNAVAILABLE';
      if (!isPassing || performance.now() >= end) throw error;
      await sleep(RETRY_MS, undefined, { signal: call.signal });
    }
  }
}
