import type { ServiceName } from './service-table.ts';

/**
 * Who is stopped together, and in which order: routing ends first and hands its usage over to cost-accounting; everybody
 * asks credential who calls, so it goes last.
 */
const STOP_ORDER: readonly (readonly ServiceName[])[] = [
  ['routing', 'health-probe', 'connector'],
  ['cost-accounting'],
  ['credential'],
];

/** Groups of processes in the order in which they are to be stopped; what is no service comes last. */
export function inStopOrder<T extends { readonly name: string }>(things: readonly T[]): T[][] {
  // `routing-2` is a replica of `routing`.
  const serviceOf = ({ name }: T) => name.replace(/-\d+$/, '');
  const groups = STOP_ORDER.map((names) =>
    things.filter((thing) => names.some((name) => name === serviceOf(thing))),
  );
  const others = things.filter((thing) => groups.every((group) => !group.includes(thing)));
  return [...groups, others].filter((group) => group.length > 0);
}
