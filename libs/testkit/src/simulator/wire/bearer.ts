import type { KeyReading, KeySource } from './wire-format.ts';

/** The key of `authorization: Bearer …`. */
export function readBearer({ headers }: KeySource): KeyReading {
  const key = /^Bearer +(\S+)$/i.exec(String(headers.authorization ?? ''))?.[1];
  return key === undefined ? { kind: 'refused', problem: { kind: 'no-key' } } : { kind: 'key', key };
}
