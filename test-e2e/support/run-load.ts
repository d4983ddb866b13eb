import { type SwitchyardClient, textRequest } from '@switchyard/client';
import type { ServiceError } from '@switchyard/kernel';

/** How much is asked for, and of whom. */
export interface Load {
  readonly clients: readonly SwitchyardClient[];
  readonly requests: number;
  /** Requests under way at once. */
  readonly concurrency: number;
  /** Called when so many requests have ended. */
  readonly onProgress?: (ended: number) => void;
  /** Longest time of one request. Default 20,000. */
  readonly timeoutMs?: number;
}

/** What came of it. */
export interface LoadResult {
  /** Request ids of answers. */
  readonly answered: readonly string[];
  readonly failed: readonly ServiceError[];
}

/** Asks for small answers, spread over the clients in turn. */
export async function runLoad({
  clients,
  requests,
  concurrency,
  onProgress,
  timeoutMs = 20_000,
}: Load): Promise<LoadResult> {
  const answered: string[] = [];
  const failed: ServiceError[] = [];
  let next = 0;
  const work = async () => {
    while (next < requests) {
      const number = next++;
      const client = clients[number % clients.length] as SwitchyardClient;
      try {
        const { requestId } = await client.complete(textRequest('sim-fast', `Question ${number}`), {
          timeoutMs,
        });
        answered.push(requestId);
      } catch (error) {
        failed.push(error as ServiceError);
      }
      onProgress?.(answered.length + failed.length);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return { answered, failed };
}
