import type { RequestAuthorization, SendableRequest } from '@switchyard/llm';
import type { ProviderAddress } from '../domain/provider/base-url.ts';
import { requestPath } from './request-path.ts';

/** A request that a key is shown with. */
export interface KeyedRequest {
  readonly address: ProviderAddress;
  readonly encoded: SendableRequest;
  readonly wallMs: number;
}

/** The headers that show the key with a request. Most keys have the same ones always, and cost nothing here. */
export function authorizationHeaders(
  authorization: RequestAuthorization,
  { address, encoded, wallMs }: KeyedRequest,
): Readonly<Record<string, string>> {
  if (authorization.kind === 'fixed') return authorization.headers;
  return authorization.sign({
    method: 'POST',
    host: address.host,
    path: requestPath(address, encoded.path),
    query: encoded.query,
    headers: encoded.headers,
    body: encoded.body,
    wallMs,
  });
}
