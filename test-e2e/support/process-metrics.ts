import type { ManagedProcess } from '@switchyard/deploy';

/** What a process tells of itself at its port for operations. */
export interface ProcessMetrics {
  readonly rssBytes: number;
  /** Of JavaScript's heap, what is used, garbage included. */
  readonly heapBytes: number;
  /** 99th percentile of the event loop's delay since it was last asked, in milliseconds. */
  readonly loopP99Ms: number;
  /** Requests that were let in and have not ended; NaN where it is not routing. */
  readonly activeRequests: number;
  /** When it was started, in Unix seconds. */
  readonly startedAtS: number;
}

export async function processMetrics({ opsUrl }: ManagedProcess): Promise<ProcessMetrics> {
  const text = await (await fetch(`${opsUrl}/metrics`)).text();
  const read = (name: string) =>
    Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  return {
    rssBytes: read('process_resident_memory_bytes'),
    heapBytes: read('nodejs_heap_size_used_bytes'),
    loopP99Ms: read('nodejs_eventloop_lag_p99_seconds') * 1_000,
    activeRequests: read('switchyard_routing_active_requests'),
    startedAtS: read('process_start_time_seconds'),
  };
}
