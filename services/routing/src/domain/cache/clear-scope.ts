/** Which answers are to be removed. */
export interface ClearScope {
  readonly tenant: string;
  /** Asked for, or answering; '' for any. */
  readonly model: string;
  /** Of the question; '' for any. */
  readonly key: string;
}

/** What is known of a kept answer without a look at it. */
export interface ClearedAnswer {
  readonly tenant: string;
  readonly key: string;
  readonly requestedModel: string;
  /** The one that answered. */
  readonly servedModel: string;
}

/** Whether an answer is to be removed. */
export const isCleared = (scope: ClearScope, answer: ClearedAnswer): boolean =>
  answer.tenant === scope.tenant &&
  (scope.key === '' || answer.key === scope.key) &&
  (scope.model === '' || answer.requestedModel === scope.model || answer.servedModel === scope.model);
