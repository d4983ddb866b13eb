import { ListSecretsRequest, PutSecretRequest, SecretServiceClient } from '@switchyard/contracts/credential';
import { call, openClient } from '../grpc-call.ts';
import type { SecretToStore, StoredSecret } from './plan-secrets.ts';

/** Most pages of secrets that are read, of 1,000 each. */
const MAX_PAGES = 100;

/** The credential service, as far as a document needs it. Each call throws ServiceError. */
export class SecretStore implements Disposable {
  readonly #client: SecretServiceClient;
  readonly #apiKey: string;

  constructor({ address, apiKey }: { readonly address: string; readonly apiKey: string }) {
    this.#client = openClient(SecretServiceClient, address);
    this.#apiKey = apiKey;
  }

  /** The secrets of some owners, without their values. */
  async list(tenants: Iterable<string>): Promise<StoredSecret[]> {
    const found: StoredSecret[] = [];
    for (const tenant of tenants) {
      let pageToken = '';
      for (let page = 0; page < MAX_PAGES; page++) {
        const request = ListSecretsRequest.fromPartial({ tenant, pageSize: 1_000, pageToken });
        const { secrets, nextPageToken } = await call(
          this.#client.listSecrets.bind(this.#client),
          request,
          this.#apiKey,
        );
        found.push(...secrets);
        if (nextPageToken === '') break;
        pageToken = nextPageToken;
      }
    }
    return found;
  }

  /** Stores a value that may be sent to one origin. */
  async put({ id, tenant, origin }: SecretToStore, value: string): Promise<void> {
    const request = PutSecretRequest.fromPartial({
      id,
      tenant,
      value: Buffer.from(value),
      allowedOrigins: [origin],
    });
    await call(this.#client.putSecret.bind(this.#client), request, this.#apiKey);
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}
