import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createOutbox, recoverOutboxes } from '../src/outbox/open-outbox.ts';

const script = fileURLToPath(new URL('support/fill-outbox.ts', import.meta.url));

test('a full disk stops admission with a clear error, and every record that was given a number is whole', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'outbox-full-'));
  // The shell's limit of 300 KiB for each file makes the system refuse a write in the middle of a record, as a full disk does.
  const { stdout } = spawnSync(
    'bash',
    ['-c', `ulimit -f 300 && exec "${process.execPath}" "${script}" "${directory}"`],
    {
      encoding: 'utf8',
    },
  );
  const report = JSON.parse(stdout) as {
    settled: number;
    unwritten: number;
    refusal?: string;
    lastSequence: number;
  };
  expect(report.refusal).toBe('OUTBOX_FULL');
  expect(report.lastSequence).toBe(report.settled);
  expect(report.settled).toBeGreaterThan(500);

  const options = {
    directory,
    bootId: randomUUID(),
    segmentBytes: 1024 ** 2,
    maxBytes: 1024 ** 3,
    retainMs: 0,
    onFatal: () => undefined,
  };
  const own = createOutbox(options);
  const [recovered] = await recoverOutboxes(options, [own]);
  expect(recovered?.tornBytes).toBe(0);
  expect(await recovered?.outbox.read(1, 100_000)).toHaveLength(report.settled);
  recovered?.outbox.dispose();
  own.dispose();
  rmSync(directory, { recursive: true });
});
