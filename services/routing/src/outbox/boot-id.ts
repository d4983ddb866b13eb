import { readFileSync } from 'node:fs';

/** Where Linux tells which boot this is. Source: proc_sys_kernel(5) */
const PATH = '/proc/sys/kernel/random/boot_id';
/** Elsewhere every boot counts as the same: good enough for a developer's machine. */
const UNKNOWN = '00000000-0000-0000-0000-000000000000';

/** Id of the machine's current boot. */
export function readBootId(): string {
  try {
    return readFileSync(PATH, 'latin1').trim();
  } catch {
    return UNKNOWN;
  }
}
