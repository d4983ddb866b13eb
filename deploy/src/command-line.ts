/** What the user asked for. */
export type Command =
  | { readonly kind: 'start'; readonly mode: 'foreground' | 'detached' | 'supervisor' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'status'; readonly format: 'table' | 'json' }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly why: string };

/** For people. */
export const USAGE = `npm start                  start everything; Ctrl-C stops it
npm start -- --detach      start everything and return when it is ready
npm run stop               stop what was started
npm run status             show what runs (-- --json for programs)
`;

/** Options of each command, and what they mean. */
const OPTIONS: Readonly<Record<string, Readonly<Record<string, Command>>>> = {
  start: {
    '': { kind: 'start', mode: 'foreground' },
    '--detach': { kind: 'start', mode: 'detached' },
    // How --detach starts the process that stays; not for people.
    '--supervise': { kind: 'start', mode: 'supervisor' },
  },
  stop: { '': { kind: 'stop' } },
  status: { '': { kind: 'status', format: 'table' }, '--json': { kind: 'status', format: 'json' } },
};

/** Reads the arguments after the program's name. */
export function parseCommandLine(args: readonly string[]): Command {
  const [name = '', option = '', ...more] = args;
  if (args.includes('--help') || args.includes('-h')) return { kind: 'help' };
  const options = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
  if (options === undefined) return { kind: 'wrong', why: `there is no command ${JSON.stringify(name)}` };
  const command = Object.hasOwn(options, option) && more.length === 0 ? options[option] : undefined;
  return (
    command ?? { kind: 'wrong', why: `${name} does not take ${JSON.stringify([option, ...more].join(' '))}` }
  );
}
