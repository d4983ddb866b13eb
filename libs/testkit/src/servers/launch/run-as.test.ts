import { chmod, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canReach, parsePasswd, runAs } from './run-as.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'run-as-'));
  await mkdir(join(dir, 'inner'));
});
afterEach(() => rm(dir, { recursive: true }));

const STRANGER = { uid: 54_321, gid: 54_321 };

describe('parsePasswd', () => {
  it('reads accounts, and never one of root', () => {
    const text =
      'root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\nnobody:x:65534:65534:n:/:/bin/false\n\nbroken\n';
    expect([...parsePasswd(text)]).toEqual([['nobody', { uid: 65534, gid: 65534 }]]);
  });
});

describe('canReach', () => {
  it.each([
    [0o700, false],
    [0o711, true],
    [0o750, false],
  ])('a stranger passes a folder of mode %o: %s', async (mode, answer) => {
    await chmod(dir, mode);
    expect(await canReach(STRANGER, join(dir, 'inner'))).toBe(answer);
  });

  it('looks at the right of the owner and of the group', async () => {
    await chmod(dir, 0o710);
    const { gid, uid } = await stat(dir);
    expect(await canReach({ uid: STRANGER.uid, gid }, join(dir, 'inner'))).toBe(true);
    await chmod(dir, 0o100);
    expect(await canReach({ uid, gid: STRANGER.gid }, join(dir, 'inner'))).toBe(true);
    await chmod(dir, 0o700);
  });
});

describe('runAs', () => {
  const command = { file: '/bin/true', args: ['x'] };

  it('changes nothing without an account', async () => {
    expect(await runAs(undefined, { command, paths: [dir] })).toEqual(command);
  });

  it('sets the account, and gives it the right to pass only where it needs one', async () => {
    await chmod(dir, 0o711);
    expect(await runAs(STRANGER, { command, paths: [join(dir, 'inner')] })).toEqual({
      ...command,
      ...STRANGER,
    });
    await chmod(dir, 0o700);
    const passing = await runAs(STRANGER, { command, paths: [join(dir, 'inner')] });
    expect([passing.file, ...passing.args].join(' ')).toBe(
      'setpriv --reuid=54321 --regid=54321 --clear-groups --inh-caps=+dac_override --ambient-caps=+dac_override -- /bin/true x',
    );
  });
});
