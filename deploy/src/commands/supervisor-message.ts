import type { ProgressEvent } from '../output/progress.ts';

/** What the process that stays tells the one that the user has started, until it is ready. */
export type SupervisorMessage =
  | { readonly kind: 'progress'; readonly event: ProgressEvent }
  | { readonly kind: 'ready'; readonly summary: string }
  | { readonly kind: 'failed'; readonly text: string };
