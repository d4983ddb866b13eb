/** Values of `anthropic-version`: https://platform.claude.com/docs/en/api/versioning */
export type ApiVersion = '2023-06-01' | '2026-10-21';

/** Whether a header names a version that is simulated. */
export function isApiVersion(header: unknown): header is ApiVersion {
  return header === '2023-06-01' || header === '2026-10-21';
}
