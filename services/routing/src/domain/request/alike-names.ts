/** Most names that one is compared with: each costs about a microsecond. */
export const MAX_COMPARED = 300;
/** Most names that are looked at, at some nanoseconds each. */
const MAX_LOOKED_AT = 20_000;

/** Where names come from. */
export interface NameSource {
  readonly names: Iterable<string>;
  /** Whether a name may be told; asked only for those that look alike. Default: each may. */
  readonly mayTell?: (name: string) => boolean;
}

/** What a name must look like. */
export interface Likeness {
  /** In small letters. */
  readonly wanted: string;
  /** How many edits there may be. */
  readonly maxEdits: number;
}

/**
 * Names that may be within so many edits, by a glance: of about the same length, with the same first or last character (which
 * a single edit leaves the one or the other). At most {@link MAX_COMPARED}, each once; those with both come before others.
 */
export function alikeNames(
  { names, mayTell = () => true }: NameSource,
  { wanted, maxEdits }: Likeness,
): string[] {
  const likely = new Set<string>();
  const possible = new Set<string>();
  const [first, last] = [small(wanted, 0), small(wanted, wanted.length - 1)];
  let lookedAt = 0;
  for (const name of names) {
    if (++lookedAt > MAX_LOOKED_AT || likely.size === MAX_COMPARED) break;
    if (Math.abs(name.length - wanted.length) > maxEdits) continue;
    const same = Number(small(name, 0) === first) + Number(small(name, name.length - 1) === last);
    const kind = same === 2 ? likely : possible;
    if (same > 0 && kind.size < MAX_COMPARED && mayTell(name)) kind.add(name);
  }
  return [...likely, ...possible].slice(0, MAX_COMPARED);
}

/** The code of a character, of a letter that of the small one. */
const small = (text: string, at: number): number => text.charCodeAt(at) | 0x20;
