import type { ServerKind } from '../server-handle.ts';

/**
 * The oldest version that will do. NATS 2.10 brings `filter_subjects` and metadata, which older servers silently ignore;
 * PostgreSQL 15 is the oldest that the migrations are written for; Redis 7 has functions and ACL selectors.
 */
const OLDEST: Readonly<Record<ServerKind, readonly [major: number, minor: number]>> = {
  nats: [2, 10],
  postgres: [15, 0],
  redis: [7, 0],
};

/** Names for texts. */
export const PRODUCT_NAMES: Readonly<Record<ServerKind, string>> = {
  nats: 'NATS',
  postgres: 'PostgreSQL',
  redis: 'Redis',
};

/** `2.10.27` of any text that has a dotted number in it, such as `nats-server: v2.10.27` or `Redis server v=7.0.15 sha=…`. */
export function parseVersion(text: string): string | undefined {
  return /(\d+\.\d+(?:\.\d+)?)/.exec(text)?.[1];
}

export function isRecentEnough(kind: ServerKind, version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST[kind];
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** `NATS 2.10` */
export function oldestText(kind: ServerKind): string {
  return `${PRODUCT_NAMES[kind]} ${OLDEST[kind].join('.').replace(/\.0$/, '')}`;
}

export function majorOf(version: string): number {
  return Number(version.split('.')[0]);
}
