import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { endProcess, signalProcess } from './end-process.ts';
import {
  childrenOf,
  commandLineOf,
  identityOf,
  isAlive,
  ownIdentity,
  type ProcessIdentity,
} from './process-identity.ts';
import { waitUntil } from './wait-until.ts';

const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** A shell that has said that it is ready. */
async function shell(script: string): Promise<ProcessIdentity> {
  const child = spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  started.push(child);
  await once(child.stdout, 'data');
  const identity = identityOf(child.pid ?? 0);
  if (identity === undefined) throw new Error('the shell has ended');
  return identity;
}

describe('process identity', () => {
  it('knows the own process as alive, and one with the same pid and another start as dead', () => {
    const own = ownIdentity();
    expect(isAlive(own)).toBe(true);
    expect(isAlive({ ...own, startedAt: 'earlier' })).toBe(false);
  });

  it('takes a zombie for dead', async () => {
    // The shell's child ends, and the shell, which has become `sleep`, never asks for its exit status.
    const parent = await shell('sleep 0.05 & echo $!; exec sleep 60');
    const zombie = await waitUntil({
      ask: () => childrenOf(parent.pid)[0],
      timeoutMs: 10_000,
      intervalMs: 1,
    });
    const gone = await waitUntil({ ask: () => (zombie && !isAlive(zombie)) || undefined, timeoutMs: 20_000 });
    expect([zombie === undefined, gone]).toEqual([false, true]);
    expect(isAlive(parent)).toBe(true);
  });

  it('reads command lines', async () => {
    const { pid } = await shell('echo ready; exec sleep 61.5');
    await waitUntil({ ask: () => commandLineOf(pid)?.startsWith('sleep') || undefined, timeoutMs: 20_000 });
    expect(commandLineOf(pid)).toBe('sleep 61.5');
    expect(commandLineOf(2 ** 22 + 1)).toBeUndefined();
  });
});

describe('endProcess', () => {
  it('kills a process that ignores SIGTERM, and its children', async () => {
    const parent = await shell('trap "" TERM; sleep 60 & echo ready; wait; sleep 60');
    const [child] = childrenOf(parent.pid);
    expect(await endProcess(parent, [{ signal: 'SIGTERM', waitMs: 50 }])).toBe(true);
    expect([isAlive(parent), child !== undefined && isAlive(child)]).toEqual([false, false]);
  });

  it('ends a frozen process in the orderly way', async () => {
    const parent = await shell('trap "exit 0" TERM; echo ready; while :; do sleep 0.01; done');
    const exit = once(started[0] as ChildProcess, 'exit');
    signalProcess(parent, 'SIGSTOP');
    expect(await endProcess(parent, [{ signal: 'SIGTERM', waitMs: 5_000 }])).toBe(true);
    expect(await exit).toEqual([0, null]);
  });

  it('sends no signal to a process that only has the same pid', async () => {
    const other = await shell('echo ready; exec sleep 60');
    expect(await endProcess({ ...other, startedAt: 'earlier' }, [])).toBe(true);
    expect(isAlive(other)).toBe(true);
  });
});
