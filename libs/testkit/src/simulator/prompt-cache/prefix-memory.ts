/** Remembers which prompt prefixes were seen, up to a number and for a time. */
export interface PrefixMemory {
  /** Whether it is remembered; being asked for counts as use. */
  has(prefix: string, nowMs: number): boolean;
  /** Remembers it for `ttlMs` from now and from each later use. */
  add(prefix: string, entry: { readonly nowMs: number; readonly ttlMs: number }): void;
  clear(): void;
}

/** @param maxPrefixes The least recently used goes first when there are more. At least 1. */
export function prefixMemory(maxPrefixes: number): PrefixMemory {
  // A Map keeps insertion order: what is used is taken out and put in again, so the first key is the oldest.
  const entries = new Map<string, { ttlMs: number; untilMs: number }>();
  return {
    has(prefix, nowMs) {
      const entry = entries.get(prefix);
      if (entry === undefined) return false;
      entries.delete(prefix);
      if (entry.untilMs <= nowMs) return false;
      entries.set(prefix, { ttlMs: entry.ttlMs, untilMs: nowMs + entry.ttlMs });
      return true;
    },
    add(prefix, { nowMs, ttlMs }) {
      entries.delete(prefix);
      if (entries.size >= maxPrefixes) entries.delete(entries.keys().next().value as string);
      entries.set(prefix, { ttlMs, untilMs: nowMs + ttlMs });
    },
    clear: () => entries.clear(),
  };
}
