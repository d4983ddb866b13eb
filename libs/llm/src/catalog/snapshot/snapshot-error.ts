/** A snapshot is not as it must be; the message says what and where. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
}
