import { Metadata } from '@grpc/grpc-js';
import { errorOfStatus } from '@switchyard/contracts/error-of-status';
import type {
  HealthServiceClient,
  TestProviderRequest,
  TestProviderResponse,
} from '@switchyard/contracts/health';

/** Tests one provider. @throws ServiceError */
export async function* testStream(
  client: HealthServiceClient,
  request: TestProviderRequest,
  { apiKey, signal }: { readonly apiKey: string; readonly signal: AbortSignal },
): AsyncGenerator<NonNullable<TestProviderResponse['event']>> {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${apiKey}`);
  const stream = client.testProvider(request, metadata);
  const cancel = () => stream.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for await (const { event } of stream as AsyncIterable<TestProviderResponse>)
      if (event !== undefined) yield event;
  } catch (error) {
    throw errorOfStatus(error as Parameters<typeof errorOfStatus>[0]);
  } finally {
    signal.removeEventListener('abort', cancel);
    stream.cancel();
  }
}
