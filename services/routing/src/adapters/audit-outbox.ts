import { ServiceError } from '@switchyard/kernel';
import { type AuditLog, type Logger, Loop, type Postgres } from '@switchyard/service-kit';

/** How often it is looked for changes. */
const LOOK_MS = 2_000;
/** How long an audit log that does not answer is left alone. */
const AWAY_MS = 5_000;

const NEXT = `
  SELECT id, tenant, actor, action, resource, details, changed_at FROM routing.audit_outbox
  WHERE id > $1 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`;

interface Row {
  readonly id: string;
  readonly tenant: string;
  readonly actor: string;
  readonly action: string;
  readonly resource: string;
  readonly details: Readonly<Record<string, string>>;
  readonly changed_at: Date;
}

/** What the outbox is told with. */
export interface AuditOutboxOptions {
  readonly postgres: Postgres;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly log: Logger;
}

/**
 * Tells the audit log of changes of the configuration, behind those who make them: while it is away they wait, and none is lost. What it
 * refuses as invalid waits for another replica, or the next start, and holds up no other. Every replica tells; one that dies after it has
 * told, and before that is noted, has it told again: an entry's `change` says which it is.
 */
export class AuditOutbox {
  readonly #options: AuditOutboxOptions;
  readonly #loop: Loop;
  /** Numbers of changes that were refused as invalid: no more than the outbox has rows. */
  readonly #refused = new Set<string>();
  #isAway = false;
  #isClosed = false;

  constructor(options: AuditOutboxOptions) {
    this.#options = options;
    this.#loop = new Loop({ everyMs: LOOK_MS, run: () => this.#tellAll() });
  }

  /** Waits for the entry under way; the rest is told by other replicas, or after the next start. */
  close(): Promise<void> {
    this.#isClosed = true;
    return this.#loop.close();
  }

  /** @returns how long to wait */
  async #tellAll(): Promise<number> {
    try {
      for (let last: string | undefined = '0'; last !== undefined && !this.#isClosed; )
        last = await this.#tellNext(last);
      this.#isAway = false;
      return LOOK_MS;
    } catch (error) {
      const text = 'the audit log cannot be told of changes of the configuration; they wait';
      if (!this.#isAway) this.#options.log.warn({ err: error }, text);
      this.#isAway = true;
      return AWAY_MS;
    }
  }

  /** @returns the number of the change that was told, or refused; undefined where there is none after the last one */
  #tellNext(last: string): Promise<string | undefined> {
    const { postgres, audit, log } = this.#options;
    return postgres.asSystem(async (transaction) => {
      const { rows } = await transaction.query<Row & Record<string, unknown>>(NEXT, [last]);
      const [row] = rows;
      if (row === undefined) return undefined;
      if (this.#refused.has(row.id)) return row.id;
      const { id, tenant, actor, action, resource, details, changed_at: changedAt } = row;
      const told = { ...details, change: id, changed_at: changedAt.toISOString() };
      try {
        await audit.append({ ...{ tenant, actor, action, resource }, outcome: 'allowed', details: told });
      } catch (error) {
        if (!(error instanceof ServiceError && error.code === 'INVALID_ARGUMENT')) throw error;
        this.#refused.add(id);
        const text = 'the audit log refuses to be told of a change of the configuration; it waits';
        log.error({ err: error, change: id, action, resource }, text);
        return id;
      }
      await transaction.query('DELETE FROM routing.audit_outbox WHERE id = $1', [id]);
      return id;
    });
  }
}
