/** What a start tells while it works. */
export type ProgressEvent =
  /** A piece of work began, or says more about itself. Pieces run side by side. */
  | { readonly kind: 'working'; readonly task: string; readonly text: string }
  | { readonly kind: 'done'; readonly task: string; readonly text: string }
  | { readonly kind: 'failed'; readonly task: string; readonly text: string }
  /** Something worth knowing that is no piece of work. */
  | { readonly kind: 'note'; readonly text: string };

/** Takes what is told. */
export type Progress = (event: ProgressEvent) => void;

/** Tells nobody. */
export const silent: Progress = () => {};

/** Runs a piece of work and tells how it goes. */
export async function withProgress<T>(
  { progress, task, text }: { progress: Progress; task: string; text: string },
  work: () => Promise<{ result: T; text: string }>,
): Promise<T> {
  progress({ kind: 'working', task, text });
  try {
    const done = await work();
    progress({ kind: 'done', task, text: done.text });
    return done.result;
  } catch (error) {
    progress({ kind: 'failed', task, text });
    throw error;
  }
}
