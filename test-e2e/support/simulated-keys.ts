import { generateKeyPairSync } from 'node:crypto';
import type { ProviderOptions } from '@switchyard/testkit/simulator';

/** Keys of a simulated provider, in the form that its wire format has them. */
export interface SimulatedKeys {
  /** What the simulator is told of them. */
  readonly accepted: Pick<ProviderOptions, 'apiKeys' | 'serviceAccounts'>;
  /** As they are kept as secrets, for a provider at this address of the simulator. */
  right(address: string): string;
  wrong(address: string): string;
}

/** A key that is one text. */
export const PLAIN_KEYS: SimulatedKeys = {
  accepted: { apiKeys: ['the-right-key'] },
  right: () => 'the-right-key',
  wrong: () => 'wrong',
};

const AWS_KEY = {
  access_key_id: 'AKIASIMULATED0000000',
  secret_access_key: 'a/secret+of/the/simulated/key',
  region: 'eu-central-1',
};

/** The simulator checks what it signs. */
export const AWS_KEYS: SimulatedKeys = {
  accepted: { apiKeys: [`${AWS_KEY.access_key_id}:${AWS_KEY.secret_access_key}`] },
  right: () => JSON.stringify(AWS_KEY),
  wrong: () => JSON.stringify({ ...AWS_KEY, secret_access_key: 'another' }),
};

const newKey = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
const known = newKey();
const unknown = newKey();
const EMAIL = 'simulated@project.iam.gserviceaccount.com';

/** A service account's file; the simulator exchanges what its key signs for an access token. */
const accountFile = (privateKey: string, address: string): string =>
  JSON.stringify({
    ...{ type: 'service_account', client_email: EMAIL, private_key: privateKey },
    token_uri: `${address}/token`,
  });

export const GOOGLE_KEYS: SimulatedKeys = {
  accepted: { serviceAccounts: [{ clientEmail: EMAIL, publicKey: known.publicKey }] },
  right: (address) => accountFile(known.privateKey, address),
  wrong: (address) => accountFile(unknown.privateKey, address),
};
