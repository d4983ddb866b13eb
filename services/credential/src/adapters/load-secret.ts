import type { Envelope } from '../domain/envelope.ts';
import type { SecretRecord } from '../domain/secret.ts';
import {
  ENVELOPE_COLUMNS,
  type EnvelopeRow,
  SECRET_COLUMNS,
  type SecretKey,
  type SecretRow,
  toEnvelope,
  toSecret,
} from './secret-rows.ts';

const LOAD = `
  SELECT ${SECRET_COLUMNS}, ${ENVELOPE_COLUMNS} FROM credential.secrets
  WHERE tenant = $1 AND id = $2 AND ciphertext IS NOT NULL`;

/** A secret as it is stored, encrypted; undefined where there is none. */
export async function loadSecret({
  transaction,
  owner,
  id,
}: SecretKey): Promise<{ secret: SecretRecord; envelope: Envelope } | undefined> {
  const { rows } = await transaction.query<SecretRow & EnvelopeRow>(LOAD, [owner, id]);
  const [row] = rows;
  return row === undefined ? undefined : { secret: toSecret(row), envelope: toEnvelope(row) };
}
