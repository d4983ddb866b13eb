import type { ProviderAddress } from '../domain/provider/base-url.ts';

/** The path of a request below a provider's base URL, without the query: what is sent, and what is signed. */
export const requestPath = (address: ProviderAddress, path: string): string => `${address.path}${path}`;
