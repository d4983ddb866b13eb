import type { Configuration } from '@switchyard/contracts/routing';
import type { CredentialReference } from './document.ts';
import { secretIdOf } from './read-provider.ts';
import type { DocumentProblem } from './read-value.ts';

/** A key that is to be stored. */
export interface SecretToStore {
  readonly id: string;
  /** '' for the installation's. */
  readonly tenant: string;
  /** The only origin that it may be sent to. */
  readonly origin: string;
  /** Where its value comes from. */
  readonly variable: string;
}

/** A secret that is stored, without its value. */
export interface StoredSecret {
  readonly id: string;
  readonly tenant: string;
  readonly allowedOrigins: readonly string[];
}

/** What is asked for, what there is. */
export interface SecretsInput {
  readonly configuration: Configuration;
  readonly credentials: readonly CredentialReference[];
  readonly stored: readonly StoredSecret[];
  /** 'all': values that are stored already are stored again, as when a key was renewed. */
  readonly store: 'missing' | 'all';
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Which keys have to be stored; a key that is stored and may go where its provider is, is left as it is. */
export function planSecrets({ configuration, credentials, stored, store, env }: SecretsInput): {
  readonly secrets: readonly SecretToStore[];
  readonly problems: readonly DocumentProblem[];
} {
  const secrets: SecretToStore[] = [];
  const problems: DocumentProblem[] = [];
  for (const { index, endpoint: place, variable } of credentials) {
    const provider = configuration.providers[index];
    const endpoint = place === undefined ? undefined : provider?.endpoints[place];
    const origin = URL.parse(endpoint?.baseUrl || (provider?.baseUrl ?? ''))?.origin;
    // A base URL that is none is refused by the service, by its field.
    if (provider === undefined || origin === undefined) continue;
    const { tenant } = provider;
    const id = secretIdOf(provider.id, endpoint?.id);
    const known = stored.find((one) => one.id === id && one.tenant === tenant);
    if (store === 'missing' && known?.allowedOrigins.includes(origin)) continue;
    if ((env[variable] ?? '') === '')
      problems.push({
        path: `providers[${index}]${place === undefined ? '' : `.endpoints[${place}]`}.credential`,
        description: `${variable} is not set in the environment`,
      });
    else secrets.push({ id, tenant, origin, variable });
  }
  return { secrets, problems };
}
