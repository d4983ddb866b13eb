import type { Connector } from '../domain/connector.ts';
import type { Credential } from '../domain/credential.ts';
import type { SecretName } from '../ports.ts';
import type { PostgresSession } from './postgres-session.ts';

type Basic = Credential & { readonly kind: 'basic' };

/** Which connector's session, logged in as whom. */
export interface SessionKey {
  readonly connector: Connector;
  readonly credential: Basic;
}

/** A session in use; exactly one of the two ends it. */
export interface Lease {
  readonly session: PostgresSession;
  /** Keeps it for the next call; its state must be as new. */
  keep(): void;
  destroy(): void;
}

interface IdleSession {
  readonly session: PostgresSession;
  readonly key: SessionKey;
  readonly timer: NodeJS.Timeout;
}

/** Idle sessions are closed after this. */
const IDLE_MS = 15_000;
/** Most idle sessions of one connector, and of all. Those in use are bounded by the calls under way. */
const MAX_IDLE_EACH = 10;
const MAX_IDLE_ALL = 200;

/** Sessions kept between calls: few, for a short time, each only for the connector and the credential it was made for. */
export class PostgresSessions {
  readonly #idle = new Map<string, IdleSession[]>();
  #idleCount = 0;
  /** Grows when secrets change: a session in use from before is not kept. */
  #generation = 0;

  /** Takes an idle session, or opens one. */
  async lease(key: SessionKey, open: () => Promise<PostgresSession>): Promise<Lease> {
    const generation = this.#generation;
    const session = this.#take(key) ?? (await open());
    return {
      session,
      keep: () => {
        if (generation === this.#generation && session.isUsable) this.#keep(key, session);
        else end(session);
      },
      destroy: () => session.destroy(),
    };
  }

  /** Closes sessions that were logged in by a secret; undefined: all. */
  forget(secret: SecretName | undefined): void {
    this.#generation += 1;
    for (const idle of [...this.#idle.values()].flat()) {
      const { tenant, credentialRef } = idle.key.connector;
      if (secret === undefined || (secret.tenant === tenant && secret.id === credentialRef)) this.#drop(idle);
    }
  }

  /** Idle sessions now. */
  get idleCount(): number {
    return this.#idleCount;
  }

  #take(key: SessionKey): PostgresSession | undefined {
    for (;;) {
      const idle = this.#idle.get(key.connector.uid)?.at(-1);
      if (idle === undefined) return undefined;
      const fits = idle.session.isUsable && isSame(idle.key.credential, key.credential);
      this.#remove(idle);
      if (fits) return idle.session;
      end(idle.session);
    }
  }

  #keep(key: SessionKey, session: PostgresSession): void {
    const { uid } = key.connector;
    const siblings = this.#idle.get(uid) ?? [];
    if (siblings.length >= MAX_IDLE_EACH || this.#idleCount >= MAX_IDLE_ALL) {
      end(session);
      return;
    }
    const idle: IdleSession = { session, key, timer: setTimeout(() => this.#drop(idle), IDLE_MS).unref() };
    siblings.push(idle);
    this.#idle.set(uid, siblings);
    this.#idleCount += 1;
  }

  #drop(idle: IdleSession): void {
    this.#remove(idle);
    end(idle.session);
  }

  #remove(idle: IdleSession): void {
    clearTimeout(idle.timer);
    const { uid } = idle.key.connector;
    const siblings = this.#idle.get(uid);
    const at = siblings?.indexOf(idle) ?? -1;
    if (siblings === undefined || at < 0) return;
    siblings.splice(at, 1);
    if (siblings.length === 0) this.#idle.delete(uid);
    this.#idleCount -= 1;
  }
}

function isSame(a: Basic, b: Basic): boolean {
  return a.user === b.user && a.password === b.password;
}

/** Says goodbye; one that does not answer is cut. */
function end(session: PostgresSession): void {
  const timer = setTimeout(() => session.destroy(), 1_000).unref();
  session.client
    .end()
    .catch(() => session.destroy())
    .finally(() => clearTimeout(timer));
}
