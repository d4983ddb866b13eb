import { parseArgs } from 'node:util';
import { ServiceError } from '@switchyard/kernel';
import { type Command, UsageError } from './command.ts';
import { alerts } from './commands/alerts.ts';
import { apply } from './commands/apply.ts';
import { batches } from './commands/batches.ts';
import { budgets } from './commands/budgets.ts';
import { cache } from './commands/cache.ts';
import { catalog } from './commands/catalog.ts';
import { chat } from './commands/chat.ts';
import { completion } from './commands/completion.ts';
import { costs } from './commands/costs.ts';
import { decision } from './commands/decision.ts';
import { events } from './commands/events.ts';
import { experiments } from './commands/experiments.ts';
import { exportConfiguration } from './commands/export.ts';
import { health } from './commands/health.ts';
import { keys } from './commands/keys.ts';
import { limits } from './commands/limits.ts';
import { models } from './commands/models.ts';
import { pools } from './commands/pools.ts';
import { prices } from './commands/prices.ts';
import { probing } from './commands/probing.ts';
import { providers } from './commands/providers.ts';
import { route } from './commands/route.ts';
import { testProvider } from './commands/test-provider.ts';
import { Output } from './output/output.ts';
import type { TextSink } from './output/text-sink.ts';
import { viewOf } from './output/view.ts';
import { readSettings } from './settings.ts';

/** What the command line is run with. */
export interface CliRun {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: TextSink;
  readonly err: TextSink;
  /** Ends the command. */
  readonly signal: AbortSignal;
}

const WORKING_COMMANDS: ReadonlyMap<string, Command> = new Map(
  Object.entries({
    providers,
    health,
    'test-provider': testProvider,
    probing,
    alerts,
    limits,
    chat,
    batches,
    route,
    models,
    pools,
    costs,
    budgets,
    prices,
    cache,
    keys,
    decision,
    events,
    catalog,
    apply,
    experiments,
    export: exportConfiguration,
  }),
);

const COMMANDS = new Map([...WORKING_COMMANDS, ['completion', completion(WORKING_COMMANDS)]]);

/** Runs one command. @returns the exit code: 0 done, 1 failed, 2 not understood */
export async function runCli({
  args: [name = 'help', ...args],
  env,
  out,
  err,
  signal,
}: CliRun): Promise<number> {
  const command = COMMANDS.get(name);
  if (command === undefined || args.includes('--help') || args.includes('-h')) {
    const asked = command !== undefined || ['help', '--help', '-h'].includes(name);
    (asked ? out : err).write(
      asked ? help(name, command) : `There is no command ${name}.\n\n${help(name, undefined)}`,
    );
    return asked ? 0 : 2;
  }
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...command.options, json: { type: 'boolean' } },
      allowPositionals: true,
    });
    const surplus = positionals[command.maxPositionals];
    if (surplus !== undefined)
      throw new UsageError(`${name} does not take ${JSON.stringify(surplus)}; see switchyard ${name} --help`);
    const output = new Output(out, { json: values.json === true, view: viewOf(out, env) });
    await command.run({
      positionals,
      options: values,
      // Read by those who connect: the catalog needs neither key nor address.
      get settings() {
        return readSettings(env);
      },
      env,
      output,
      progress: err,
      signal,
    });
    return 0;
  } catch (error) {
    err.write(`${describeFailure(error, name)}\n`);
    return error instanceof UsageError || isParseError(error) ? 2 : 1;
  }
}

function help(name: string, command: Command | undefined): string {
  if (command !== undefined) return `switchyard ${name} ${command.usage} [--json]\n\n${command.summary}\n`;
  const width = Math.max(...[...COMMANDS.keys()].map(({ length }) => length));
  const lines = [...COMMANDS].map(
    ([title, { summary }]) => `  ${title.padEnd(width)}  ${summary.split(SENTENCE_END)[0]}`,
  );
  return `switchyard <command> [options]\n\n${lines.join('\n')}\n\nEach command has --json and --help.\n`;
}

/** What a command is for stands in its first sentence; the rest is for its own help. */
const SENTENCE_END = /(?<=[.?]) (?=[A-Z-])/;

function describeFailure(error: unknown, name: string): string {
  if (isParseError(error)) return describeParseError(error as Error, name);
  if (!(error instanceof ServiceError)) return (error as Error).message;
  const unreachable = NO_CONNECTION.exec(error.publicMessage);
  if (unreachable !== null)
    return `There is no connection (${unreachable[1]}). Is Switchyard running? "npm run status" shows it, "npm start" starts it.`;
  const more = Object.entries(error.metadata).map(([key, value]) => `\n  ${key}: ${value}`);
  return `${error.reason}: ${error.publicMessage}${more.join('')}`;
}

/** What grpc-js says where nobody listens: the last thing the system answered is what helps. */
const NO_CONNECTION = /^No connection established\. Last error: (?:Error: )?(.*?)\.? Resolution note:/s;

/** Of what Node says the first sentence is enough, but where a value begins with a dash: there it says "ambiguous" first. */
function describeParseError({ message }: Error, name: string): string {
  const option = /^Option '(--?[\w-]+)' argument is ambiguous/.exec(message)?.[1];
  if (option === undefined) return `${message.split(/\. |\n/)[0]}; see switchyard ${name} --help`;
  const glued = option.startsWith('--') ? `${option}=-1` : `${option}-1`;
  return `${option} has no value; one that begins with a dash is written ${glued}; see switchyard ${name} --help`;
}

const isParseError = (error: unknown): boolean =>
  String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');
