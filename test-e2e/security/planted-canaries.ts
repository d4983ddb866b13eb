import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningFleet } from '@switchyard/deploy';
import { newApiKey } from '@switchyard/kernel';
import type { Canaries } from '../support/canaries.ts';

const unique = (name: string): string => `canary-${name}-${randomBytes(6).toString('hex')}`;

/** What is planted by the traffic itself. */
export const PLANTED = {
  /** Looks like what it is. */
  providerKey: `sk-${unique('provider-key')}`,
  /** Looks like nothing that a pattern could know. */
  plainProviderKey: unique('plain.key').replaceAll('-', '.'),
  connectorCredential: unique('connector-credential'),
  prompt: unique('prompt'),
  systemPrompt: unique('system-prompt'),
  toolResult: unique('tool-result'),
  malformedKey: unique('malformed-key'),
  unknownKey: newApiKey(),
} as const;

/** What no one chose: the secrets that a start makes, and what answers begin with. */
export async function canariesOf(
  fleet: RunningFleet,
  more: Readonly<Record<string, string>>,
): Promise<Canaries> {
  const identity = JSON.parse(await readFile(join(fleet.stateDir, 'identity.json'), 'utf8')) as {
    keyEncryptionKey: string;
    serviceKeys: Record<string, string>;
    databasePasswords: Record<string, string>;
  };
  const ofServers = Object.entries(fleet.servers).map(([kind, { url }]): [string, string] => [
    `password of ${kind}`,
    decodeURIComponent(new URL(url).password),
  ]);
  const kek = identity.keyEncryptionKey.split(':').at(-1) ?? '';
  const all: [string, string][] = [
    ...Object.entries(PLANTED),
    ...Object.entries(more),
    ['operator key', fleet.apiKey],
    ['key-encryption key', kek],
    ['key-encryption key in hexadecimal', Buffer.from(kek, 'base64').toString('hex')],
    ...prefixed('service key', identity.serviceKeys),
    ...prefixed('database password', identity.databasePasswords),
    ...ofServers,
    ['answer', 'Simulated answer:'],
  ];
  // An own server without a password has nothing to give away.
  return new Map(all.filter(([, value]) => value !== ''));
}

const prefixed = (prefix: string, values: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(values).map(([name, value]) => [`${prefix} of ${name}`, value]);
