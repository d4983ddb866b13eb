import { randomBytes } from 'node:crypto';

/** Makes ids that are unique within and, very likely, between processes: 24 letters and digits. */
export function idSource(): () => string {
  const prefix = `Sim${randomBytes(8).readBigUInt64BE().toString(36).padStart(13, '0')}`;
  let count = 0;
  return () => prefix + (++count).toString(36).padStart(8, '0');
}
