import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { readIfThere, writePrivateFile } from '../settings/private-file.ts';
import type { Registered } from './registration.ts';

/** What the local start remembers of what it registered. */
export interface RegistrationRecord {
  readonly providers: Registered;
  /** Secret id → HMAC of the value and its origin, to tell a changed key without keeping it. */
  readonly secrets: Readonly<Record<string, string>>;
}

const fileIn = (stateDir: string): string => join(stateDir, 'registered.json');

/** What was remembered; nothing where there is no file or it can't be understood: then everything is written again. */
export async function readRegistration(stateDir: string): Promise<RegistrationRecord> {
  const text = await readIfThere(fileIn(stateDir));
  try {
    const { providers, secrets } = JSON.parse(text ?? '{}') as Partial<RegistrationRecord>;
    return { providers: providers ?? {}, secrets: secrets ?? {} };
  } catch {
    return { providers: {}, secrets: {} };
  }
}

export function writeRegistration(stateDir: string, record: RegistrationRecord): Promise<void> {
  return writePrivateFile(fileIn(stateDir), `${JSON.stringify(record, undefined, 2)}\n`);
}

/** Changes with the key and with where it may be sent. */
export function fingerprint(secret: { value: string; origin: string; under: string }): string {
  return createHmac('sha256', secret.under).update(`${secret.origin}\n${secret.value}`).digest('hex');
}
