/** Why something can't be started or stopped, in a sentence that also says what to do about it. Shown without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
