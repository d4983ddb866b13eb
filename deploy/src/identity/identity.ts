import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { newApiKey } from '@switchyard/kernel';
import { SERVICE_NAMES, type ServiceName } from '../fleet/service-table.ts';
import { readIfThere, writePrivateFile } from '../settings/private-file.ts';
import { StartError } from '../start-error.ts';

/** The secrets of one installation: made at its first start, kept with its data. */
export interface Identity {
  /** The operator's API key: role admin, for the whole installation. */
  readonly operatorKey: string;
  /** The keys that services call each other with. */
  readonly serviceKeys: Readonly<Record<ServiceName, string>>;
  /** Passwords of the services' database roles. */
  readonly databasePasswords: Readonly<Record<ServiceName, string>>;
  /** Key-encryption key of the credential service: `id:base64`, 32 bytes. Without it stored secrets can't be opened. */
  readonly keyEncryptionKey: string;
}

/** New secrets from the system's random numbers. */
export function createIdentity(): Identity {
  const each = (make: () => string) =>
    Object.fromEntries(SERVICE_NAMES.map((name) => [name, make()])) as Record<ServiceName, string>;
  return {
    operatorKey: newApiKey(),
    serviceKeys: each(newApiKey),
    databasePasswords: each(() => randomBytes(24).toString('base64url')),
    keyEncryptionKey: `local-1:${randomBytes(32).toString('base64')}`,
  };
}

/** The identity kept in a folder; made and kept there where it is missing. @throws StartError where the file is broken */
export async function loadIdentity(stateDir: string): Promise<Identity> {
  const file = join(stateDir, 'identity.json');
  const text = await readIfThere(file);
  if (text !== undefined) return parseIdentity(text, file);
  const identity = createIdentity();
  await writePrivateFile(file, `${JSON.stringify(identity, undefined, 2)}\n`);
  return identity;
}

function parseIdentity(text: string, file: string): Identity {
  try {
    const identity = JSON.parse(text) as Identity;
    const services = [identity.serviceKeys, identity.databasePasswords];
    const secrets = [
      identity.operatorKey,
      identity.keyEncryptionKey,
      ...services.flatMap((of) => SERVICE_NAMES.map((name) => of[name])),
    ];
    if (secrets.every((secret) => typeof secret === 'string' && secret !== '')) return identity;
  } catch {
    // Said below, without the text: it holds secrets.
  }
  throw new StartError(
    `${file} can't be understood: put back a copy of it, or remove the whole folder to begin anew (its data is lost then)`,
  );
}
