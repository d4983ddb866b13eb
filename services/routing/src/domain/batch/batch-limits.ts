const MIB = 1024 ** 2;
const HOUR_MS = 3_600_000;

/** Most bytes of an uploaded file: that of a request's body, without the rest of its form. */
export const MAX_FILE_BYTES = 31 * MIB;
/** Most lines of a file. */
export const MAX_LINES = 50_000;
/** Most bytes of one line. */
export const MAX_LINE_BYTES = 8 * MIB;
/** Most characters of a `custom_id`. */
export const MAX_CUSTOM_ID = 512;
/** Most files of a tenant, those of results included. */
export const MAX_TENANT_FILES = 1_000;
/** Most bytes of all of them. */
export const MAX_TENANT_BYTES = 2_048 * MIB;
/** Most batches of a tenant that have not ended. */
export const MAX_OPEN_BATCHES = 50;
/** How long files are kept. */
export const FILE_KEPT_MS = 30 * 24 * HOUR_MS;
/** Most lines that are given to a provider at once; those of larger batches go in several. */
export const MAX_PROVIDER_BATCH_LINES = 2_000;
/** How long the lines of a batch may take. */
export const BATCH_WINDOW_MS = 24 * HOUR_MS;
/** Most bytes of what came of a line; what is larger is not kept. */
export const MAX_RESULT_BYTES = 8 * MIB;
