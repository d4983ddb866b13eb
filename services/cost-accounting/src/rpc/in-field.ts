import { invalidArgument, ServiceError } from '@switchyard/kernel';

/** Reads a message that is a field of another one. @throws as `read`, INVALID_ARGUMENT with fields as the outer message has them */
export function inField<T>(field: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ServiceError && error.reason === 'INVALID_ARGUMENT')) throw error;
    const [first, ...more] = error.violations.map((one) => ({ ...one, field: `${field}.${one.field}` }));
    throw first === undefined ? error : invalidArgument(first, ...more);
  }
}
