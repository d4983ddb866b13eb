import type { Progress, ProgressEvent } from './progress.ts';

/** One line for each event, for logs and pipes. */
export function plainProgress(write: (text: string) => void): Progress {
  // A piece of work that only says the same again gets no second line.
  const last = new Map<string, string>();
  return (event) => {
    if (event.kind === 'working') {
      if (last.get(event.task) === event.text) return;
      last.set(event.task, event.text);
    }
    write(`${lineOf(event)}\n`);
  };
}

/** An event as a line. */
export function lineOf(event: ProgressEvent): string {
  switch (event.kind) {
    case 'working':
      return `… ${event.text}`;
    case 'done':
      return `✓ ${event.text}`;
    case 'failed':
      return `✗ ${event.text}`;
    case 'note':
      return `· ${event.text}`;
    default:
      return event satisfies never;
  }
}
