import { type NamedHosts, parseNamedHosts } from '../egress/address-rules.ts';
import type { EnvReader } from './env-reader.ts';

/** Reads a list of `host:port` that an operator vouches for; what is none is a problem of the configuration. */
export function readNamedHosts(reader: EnvReader, name: string): NamedHosts {
  const { named, wrong } = parseNamedHosts(reader.list(name), 'required');
  for (const entry of wrong) reader.problem(`${name}: ${JSON.stringify(entry)} is not host:port`);
  return named;
}
