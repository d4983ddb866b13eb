import { createHash } from 'node:crypto';
import type { HealthRecord } from './health-record.ts';
import { compareProviders } from './provider-key.ts';

/** SHA-256, hex, of what others act on: providers and their states. Independent of the order of records. */
export function tableDigest(records: Iterable<HealthRecord>): string {
  const hash = createHash('sha256');
  for (const { tenant, provider, state, version } of [...records].sort(compareProviders)) {
    hash.update(`${JSON.stringify([tenant, provider, state])}${version}\n`);
  }
  return hash.digest('hex');
}
