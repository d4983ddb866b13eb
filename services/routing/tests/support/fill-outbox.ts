import { randomUUID } from 'node:crypto';
import { createOutbox } from '../../src/outbox/open-outbox.ts';

/** Run as a process whose files may not grow beyond a limit: spends until the disk takes no more, and tells how it ended. */
const outbox = createOutbox({
  directory: process.argv[2] as string,
  bootId: randomUUID(),
  segmentBytes: 1024 ** 3,
  maxBytes: 1024 ** 3,
  retainMs: 0,
  onFatal: (error) => {
    throw error;
  },
});

const report: { settled: number; unwritten: number; refusal?: string } = { settled: 0, unwritten: 0 };
for (let i = 0; i < 100_000 && report.refusal === undefined; i++) {
  const attemptId = randomUUID();
  try {
    outbox.hold(attemptId, Buffer.alloc(100));
  } catch (error) {
    report.refusal = (error as { reason: string }).reason;
    break;
  }
  if (outbox.settle(attemptId, Buffer.alloc(101)) === undefined) report.unwritten++;
  else report.settled++;
}
process.stdout.write(JSON.stringify({ ...report, lastSequence: outbox.lastSequence }));
process.kill(process.pid, 'SIGKILL');
