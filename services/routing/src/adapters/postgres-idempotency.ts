import { createHash, randomUUID } from 'node:crypto';
import type { Postgres } from '@switchyard/service-kit';
import type { Claim, ClaimedKey, KeyedRequest } from '../domain/idempotency/claim.ts';
import type { AnswerStore } from '../ports.ts';
import type { AnswerCipher, SealedFor } from './answer-cipher.ts';

/** How long a key is remembered. */
const KEPT_HOURS = 24;
/** Rows removed at once. */
const REMOVE_ROWS = 10_000;

interface StoredKey {
  readonly request_digest: Buffer;
  readonly state: 'in_flight' | 'answered' | 'broken';
  readonly answer: Buffer | null;
}

/** A key that has expired is free again, also where its row has not been removed yet. */
const CLAIM = `
  INSERT INTO routing.idempotency_keys AS held (tenant, key_digest, request_digest, claim_id, expires_at)
  VALUES ($1, $2, $3, $4, now() + interval '${KEPT_HOURS} hours')
  ON CONFLICT (tenant, key_digest) DO UPDATE SET
    request_digest = excluded.request_digest, claim_id = excluded.claim_id, state = 'in_flight', answer = NULL,
    created_at = now(), expires_at = excluded.expires_at
  WHERE held.expires_at <= now()`;

const FIND = `
  SELECT request_digest, state, answer FROM routing.idempotency_keys WHERE tenant = $1 AND key_digest = $2`;

/** Idempotency keys in Postgres: shared by all replicas, and there after a restart. */
export class PostgresIdempotency implements AnswerStore {
  readonly #postgres: Postgres;
  readonly #cipher: AnswerCipher;

  constructor(postgres: Postgres, cipher: AnswerCipher) {
    this.#postgres = postgres;
    this.#cipher = cipher;
  }

  claim(keyed: KeyedRequest): Promise<Claim> {
    const { tenant, requestDigest } = keyed;
    const keyDigest = digestOf(keyed);
    const claimId = randomUUID();
    return this.#postgres.asTenant(tenant, async (transaction) => {
      const { rowCount } = await transaction.query(CLAIM, [tenant, keyDigest, requestDigest, claimId]);
      if (rowCount === 1) return { kind: 'claimed', claimed: { ...keyed, claimId } };
      const { rows } = await transaction.query<StoredKey>(FIND, [tenant, keyDigest]);
      return this.#known(rows[0], keyed);
    });
  }

  #known(stored: StoredKey | undefined, keyed: KeyedRequest): Claim {
    // Whoever held it has given it back in between.
    if (stored === undefined) return { kind: 'in-flight' };
    if (!stored.request_digest.equals(keyed.requestDigest)) return { kind: 'other-request' };
    switch (stored.state) {
      case 'in_flight':
        return { kind: 'in-flight' };
      case 'broken':
        return { kind: 'broken' };
      case 'answered': {
        const answer =
          stored.answer === null ? undefined : this.#cipher.open(stored.answer, sealedFor(keyed));
        return answer === undefined ? { kind: 'broken' } : { kind: 'answered', answer };
      }
    }
  }

  async keep(claimed: ClaimedKey, answer: Uint8Array): Promise<void> {
    await this.#end(claimed, {
      statement: `UPDATE routing.idempotency_keys SET state = 'answered', answer = $4`,
      values: [this.#cipher.seal(answer, sealedFor(claimed))],
    });
  }

  async giveUp(claimed: ClaimedKey): Promise<void> {
    await this.#end(claimed, {
      statement: `UPDATE routing.idempotency_keys SET state = 'broken'`,
      values: [],
    });
  }

  async release(claimed: ClaimedKey): Promise<void> {
    await this.#end(claimed, { statement: 'DELETE FROM routing.idempotency_keys', values: [] });
  }

  async removeExpired(): Promise<'more' | 'none left'> {
    return this.#postgres.asSystem(async (transaction) => {
      const { rowCount } = await transaction.query(
        `DELETE FROM routing.idempotency_keys WHERE (tenant, key_digest) IN
           (SELECT tenant, key_digest FROM routing.idempotency_keys
            WHERE expires_at <= now() ORDER BY expires_at LIMIT ${REMOVE_ROWS} FOR UPDATE SKIP LOCKED)`,
      );
      return (rowCount ?? 0) < REMOVE_ROWS ? 'none left' : 'more';
    });
  }

  async #end(
    claimed: ClaimedKey,
    { statement, values }: { readonly statement: string; readonly values: readonly unknown[] },
  ): Promise<void> {
    await this.#postgres.asTenant(claimed.tenant, async (transaction) => {
      await transaction.query(`${statement} WHERE tenant = $1 AND key_digest = $2 AND claim_id = $3`, [
        claimed.tenant,
        digestOf(claimed),
        claimed.claimId,
        ...values,
      ]);
    });
  }
}

const digestOf = ({ idempotencyKey }: KeyedRequest): Buffer =>
  createHash('sha256').update(idempotencyKey).digest();

const sealedFor = ({ tenant, idempotencyKey, requestDigest }: KeyedRequest): SealedFor => ({
  tenant,
  knownToCallers: idempotencyKey,
  about: requestDigest.toString('hex'),
});
