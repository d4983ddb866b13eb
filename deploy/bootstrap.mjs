// Runs Switchyard's commands on whatever Node.js a machine has: installs what the lockfile names, then goes on with Node 24.
// Plain JavaScript on purpose, and the only one: everything else is TypeScript, which older versions of Node can't run.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PNPM = 'pnpm@12.21.0';
/** Oldest Node.js that pnpm installs with. */
const INSTALL_NODE = [20, 0];
/** Oldest Node.js that runs TypeScript as it is. */
const RUN_NODE = [22, 18];
const INSTALL_WAIT_MS = 600_000;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, 'node_modules', '.bin');
const stateDir = process.env.SWITCHYARD_STATE_DIR || join(root, '.switchyard');

const PROGRAMS = {
  start: ['deploy/src/main.ts', 'start'],
  stop: ['deploy/src/main.ts', 'stop'],
  status: ['deploy/src/main.ts', 'status'],
  test: ['deploy/src/check/main.ts'],
  cli: ['libs/cli/src/main.ts'],
  bench: ['test-e2e/bench/main.ts'],
  faults: ['test-e2e/faults/main.ts'],
};

function fail(sentence) {
  process.stderr.write(`switchyard: ${sentence}\n`);
  process.exit(1);
}

function isAtLeast(version, [major, minor]) {
  const [itsMajor, itsMinor] = version.split('.').map(Number);
  return itsMajor > major || (itsMajor === major && itsMinor >= minor);
}

function checkMachine() {
  if (process.platform !== 'linux' && process.platform !== 'darwin') {
    fail(`runs on Linux and macOS, not on ${process.platform}; on Windows, use WSL 2.`);
  }
  if (!isAtLeast(process.versions.node, INSTALL_NODE)) {
    fail(
      `needs Node.js ${INSTALL_NODE[0]} or newer, and this is ${process.versions.node}: see https://nodejs.org`,
    );
  }
}

const digestOf = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');

/** Installs when nothing is installed, or something else than the lockfile says. */
async function install() {
  const stamp = join(root, 'node_modules', '.switchyard-installed');
  const wanted = `${process.platform}-${process.arch} ${digestOf(join(root, 'pnpm-lock.yaml'))}\n`;
  const isInstalled = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
  if (isInstalled()) return;
  const unlock = await lockInstall();
  try {
    if (isInstalled()) return;
    process.stderr.write('Installing the packages of the lockfile (the first time takes about a minute)\n');
    const args = ['-y', PNPM, 'install', '--frozen-lockfile', '--config.confirm-modules-purge=false'];
    // On stderr, so that what a command prints on stdout is its own.
    const { status, error } = spawnSync('npx', args, { cwd: root, stdio: ['ignore', 2, 2] });
    if (error) fail(`npx can't be run (${error.message}): install npm, which comes with Node.js.`);
    if (status !== 0)
      fail('the install failed, see above: is the npm registry in reach? Then run the command again.');
    writeFileSync(stamp, wanted);
  } finally {
    unlock();
  }
}

/** Two installs at once would write the same folder. */
async function lockInstall() {
  mkdirSync(stateDir, { recursive: true });
  const file = join(stateDir, 'install.lock');
  for (let waitedMs = 0; ; waitedMs += 500) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') fail(`can't write ${file}: ${error.message}`);
    }
    if (!isRunning(Number(readFileSync(file, 'utf8')))) rmSync(file, { force: true });
    else if (waitedMs === 0) process.stderr.write('Waiting for another install in this folder\n');
    else if (waitedMs > INSTALL_WAIT_MS)
      fail(`another install holds ${file}; if there is none, remove that file.`);
    await sleep(500);
  }
}

function isRunning(pid) {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Node 24 from the lockfile where it runs (Linux with glibc), else the user's own. */
function chooseNode() {
  const packaged = join(bin, 'node');
  if (existsSync(packaged) && spawnSync(packaged, ['--version']).status === 0) return packaged;
  if (isAtLeast(process.versions.node, RUN_NODE)) return process.execPath;
  return fail(
    `needs Node.js ${RUN_NODE.join('.')} or newer on this machine, and this is ${process.versions.node}: see https://nodejs.org`,
  );
}

/** For the command line: what `npm start` wrote, where the user hasn't said otherwise. */
function startedEnvironment() {
  const file = join(stateDir, 'dev.env');
  if (!existsSync(file)) return {};
  const lines = readFileSync(file, 'utf8').matchAll(/^export ([A-Z_]+)='([^']*)'$/gm);
  return Object.fromEntries(Array.from(lines, ([, name, value]) => [name, value]));
}

function run(command, args) {
  const [program, ...before] = PROGRAMS[command];
  const file = join(root, program);
  if (!existsSync(file)) fail(`${program} is missing from this copy.`);
  const more = command === 'cli' ? startedEnvironment() : {};
  const own = {
    PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
    // Node.js reads TypeScript anew with each start, which is half of a short command's time.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE || join(root, '.switchyard', 'cache', 'compile'),
  };
  const env = { ...more, ...process.env, ...own };
  const child = spawn(chooseNode(), [file, ...before, ...args], { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`Node.js can't be run: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(signal === null ? code : 1));
}

const [command = '', ...args] = process.argv.slice(2);
if (!Object.hasOwn(PROGRAMS, command)) fail(`knows ${Object.keys(PROGRAMS).join(', ')}; not "${command}".`);
checkMachine();
await install();
run(command, args);
