import { fileURLToPath } from 'node:url';
import { ConfigError } from '@switchyard/service-kit';
import { parseCommandLine, USAGE } from './command-line.ts';
import { start } from './commands/start.ts';
import { startDetached } from './commands/start-detached.ts';
import { isAllUp, readStatus, renderStatus } from './commands/status.ts';
import { stop } from './commands/stop.ts';
import type { SupervisorMessage } from './commands/supervisor-message.ts';
import { plainProgress } from './output/plain-progress.ts';
import type { Progress } from './output/progress.ts';
import { TerminalProgress } from './output/terminal-progress.ts';
import { readStateDir } from './settings/local-settings.ts';
import { StartError } from './start-error.ts';

const { env } = process;
const say = (text: string) => void process.stdout.write(text);
const exit = (code: number): never => process.exit(code);

// The terminal was closed, or the reader of a pipe has ended: that must not keep the rest from being drained.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

/** Turning lines for people at a terminal, one line each for everything else. */
function openProgress(): Progress {
  return process.stdout.isTTY ? new TerminalProgress(process.stdout).progress : plainProgress(say);
}

/** Tells the process that waits for this one to be ready, as long as it waits. */
function tell(message: SupervisorMessage): void {
  if (process.connected) process.send?.(message, () => {});
}

async function supervise(): Promise<void> {
  const toLog = plainProgress(say);
  const progress: Progress = (event) => {
    toLog(event);
    tell({ kind: 'progress', event });
  };
  await start({
    env,
    progress,
    exit,
    ending: 'It runs in the background: "npm run status" shows it, "npm run stop" stops it.',
    onReady: (summary) => tell({ kind: 'ready', summary }),
  });
}

async function run(): Promise<number> {
  const command = parseCommandLine(process.argv.slice(2));
  switch (command.kind) {
    case 'start':
      if (command.mode === 'supervisor') await supervise();
      else if (command.mode === 'detached') {
        say(
          `${await startDetached({ env, progress: openProgress(), entry: fileURLToPath(import.meta.url) })}\n`,
        );
      } else {
        await start({
          env,
          progress: openProgress(),
          exit,
          ending: 'Ctrl-C drains and stops everything.',
          onReady: say,
        });
      }
      return 0;
    case 'stop':
      say(`${await stop(readStateDir(env), openProgress())}\n`);
      return 0;
    case 'status': {
      const status = await readStatus(readStateDir(env));
      say(command.format === 'json' ? `${JSON.stringify(status, undefined, 2)}\n` : renderStatus(status));
      return isAllUp(status) ? 0 : 1;
    }
    case 'help':
      say(USAGE);
      return 0;
    case 'wrong':
      process.stderr.write(`switchyard: ${command.why}\n\n${USAGE}`);
      return 2;
    default:
      return command satisfies never;
  }
}

/** In sentences where the cause is known, with its stack where it is not. */
function describeFailure(error: unknown): string {
  if (error instanceof ConfigError) return error.problems.join('\n');
  if (error instanceof StartError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  exit(await run());
} catch (error) {
  const text = describeFailure(error);
  tell({ kind: 'failed', text });
  process.stderr.write(`\n${text.replace(/^/gm, 'switchyard: ')}\n`);
  exit(1);
}
