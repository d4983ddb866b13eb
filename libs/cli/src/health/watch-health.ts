import { Metadata } from '@grpc/grpc-js';
import { errorOfStatus } from '@switchyard/contracts/error-of-status';
import type { HealthServiceClient, WatchProviderHealthResponse } from '@switchyard/contracts/health';

/** Shows the table and each change of it until it is told to stop. @throws ServiceError where the watch breaks */
export function watchHealth(
  client: HealthServiceClient,
  { apiKey, signal }: { readonly apiKey: string; readonly signal: AbortSignal },
  show: (changed: WatchProviderHealthResponse) => void,
): Promise<void> {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${apiKey}`);
  const stream = client.watchProviderHealth({}, metadata);
  signal.addEventListener('abort', () => stream.cancel(), { once: true });
  return new Promise((resolve, reject) => {
    stream.on('data', show);
    stream.on('end', resolve);
    stream.on('error', (error) => {
      if (signal.aborted) resolve();
      else reject(errorOfStatus(error as Parameters<typeof errorOfStatus>[0]));
    });
  });
}
