/** Codes by which a provider refuses a batch after a look at it that it may take later: too much of the key's waits there. */
const PASSING: ReadonlySet<string> = new Set(['token_limit_exceeded', 'rate_limit_exceeded']);

/** Whether a provider that has refused a batch with a code may take it later. */
export const mayPass = (code: string): boolean => PASSING.has(code);
