export { type CliRun, runCli } from './run-cli.ts';
