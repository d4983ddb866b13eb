import { runCli } from './run-cli.ts';

// Whoever reads has read enough: `switchyard events tail | head -3`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const abort = new AbortController();
process.once('SIGINT', () => abort.abort());

process.exitCode = await runCli({
  args: process.argv.slice(2),
  env: process.env,
  out: process.stdout,
  err: process.stderr,
  signal: abort.signal,
});
