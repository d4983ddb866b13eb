import { NO_AUTHORIZATION, type RequestAuthorization } from '@switchyard/llm';
import type { ProviderSecrets } from '../../src/ports.ts';

/** A key that is sent as a bearer token. */
export const bearer = (key: string): RequestAuthorization => ({
  kind: 'fixed',
  headers: { authorization: `Bearer ${key}` },
  secrets: [key],
});

/** Every provider's key is at hand: none, where nothing else is said. */
export const readyKeys = (get: ProviderSecrets['get'] = () => NO_AUTHORIZATION): ProviderSecrets => ({
  stateOf: () => 'ready',
  get,
  problemOf: () => undefined,
});
