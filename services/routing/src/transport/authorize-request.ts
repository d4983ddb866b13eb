import type { EncodedRequest, RequestAuthorization } from '@switchyard/llm';
import { requestPath } from './request-path.ts';

/** A request that a key is shown with. */
export interface KeyedRequest {
  readonly baseUrl: string;
  readonly encoded: EncodedRequest;
  readonly wallMs: number;
}

/** The headers that show the key with a request. Most keys have the same ones always, and cost nothing here. */
export function authorizationHeaders(
  authorization: RequestAuthorization,
  { baseUrl, encoded, wallMs }: KeyedRequest,
): Readonly<Record<string, string>> {
  if (authorization.kind === 'fixed') return authorization.headers;
  const url = new URL(baseUrl);
  return authorization.sign({
    method: 'POST',
    host: url.host,
    path: requestPath(url, encoded.path),
    query: encoded.query,
    headers: encoded.headers,
    body: encoded.body,
    wallMs,
  });
}
