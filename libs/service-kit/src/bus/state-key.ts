import type { KV, KvEntry } from 'nats';
import type { Bus } from './connect-bus.ts';

/** What a key of the state bucket holds: the body itself comes from its owner by gRPC. */
export interface StateVersion {
  /** Grows with every change. */
  readonly version: string;
  /** SHA-256 of the body, hex; tells a body of this version from another. */
  readonly digest: string;
}

/** Where a state is announced. */
export interface StateKey {
  readonly bus: Bus;
  readonly bucket: string;
  readonly key: string;
}

/** Announces a new version of a state to everyone who watches. A wiped bucket is made again. */
export async function announceState({ bus, bucket, key }: StateKey, state: StateVersion): Promise<void> {
  const kv = await bus.jetstream().views.kv(bucket, { history: 1 });
  await kv.put(key, JSON.stringify(state));
}

/**
 * Calls back with every announced version from now on, the current one first. Watching starts again at each connection.
 * What is missed while the bus or the bucket is away is for the caller's own polling.
 */
export function watchState({ bus, bucket, key }: StateKey, onVersion: (state: StateVersion) => void): void {
  let watched: Awaited<ReturnType<KV['watch']>> | undefined;
  bus.onConnect(async () => {
    const kv = await bus.jetstream().views.kv(bucket, { history: 1 });
    const entries = await kv.watch({ key });
    // A watch outlives a reconnect: without this there would be one more after each.
    watched?.stop();
    watched = entries;
    void follow(entries, onVersion);
  });
}

/** Never rejects: a watch that breaks, for example because the bucket was wiped, ends here; polling goes on. */
async function follow(
  entries: AsyncIterable<KvEntry>,
  onVersion: (state: StateVersion) => void,
): Promise<void> {
  try {
    for await (const entry of entries) {
      if (entry.operation !== 'PUT') continue;
      const state = parseState(entry.string());
      if (state !== undefined) onVersion(state);
    }
  } catch {
    // As said above.
  }
}

function parseState(text: string): StateVersion | undefined {
  try {
    const { version, digest } = JSON.parse(text) as Partial<StateVersion>;
    return typeof version === 'string' && typeof digest === 'string' ? { version, digest } : undefined;
  } catch {
    return undefined;
  }
}
