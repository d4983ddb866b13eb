import { err, ok, type Result } from '@switchyard/kernel';

const MAX_LENGTH = 8_192;
/** More layers of percent-encoding than this hide something. */
const MAX_LAYERS = 4;

/**
 * Joins a call's path to the base path of an endpoint, such that no reader on the way (proxy, gateway, server), however often
 * it decodes, can take it out of the base path.
 *
 * @param path begins with `/`, or is empty for the base path itself; percent-encoded; no query or fragment
 * @returns the whole path, or what is wrong with it
 */
export function joinCallPath(basePath: string, path: string): Result<string, string> {
  if (path.length > MAX_LENGTH) return err(`is longer than ${MAX_LENGTH} characters`);
  if (path !== '' && !path.startsWith('/')) return err('must begin with /');
  if (path.startsWith('//')) return err('must not begin with //');
  if (!/^[\x21-\x7e]*$/.test(path) || /[\\?#"<>^`{|}]/.test(path)) {
    return err('has characters that must be percent-encoded; the query goes into "query"');
  }
  const layers = decodedLayers(path);
  if (layers === undefined) return err('has percent-encoding that cannot be read or is nested too deep');
  if (layers.some(hasDotSegment))
    return err('has dot segments or control characters, which could leave the base path');
  const joined = `${basePath}${path}` || '/';
  // The platform's own reader must see the very same path.
  if (URL.parse(`http://h${joined}`)?.pathname !== joined) return err('would be read as another path');
  return ok(joined);
}

/** The text and every further text that decoding it again and again gives. */
function decodedLayers(path: string): string[] | undefined {
  const layers = [path];
  let current = path;
  while (current.includes('%')) {
    if (layers.length > MAX_LAYERS) return undefined;
    const next = decodeOnce(current) ?? (layers.length === 1 ? undefined : decodeLeniently(current));
    if (next === undefined) return undefined;
    if (next === current) return layers;
    layers.push(next);
    current = next;
  }
  return layers;
}

function decodeOnce(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** As readers do that leave a malformed escape as it is and decode the others: a lone `%` must not hide what stands beside it. */
const decodeLeniently = (text: string): string =>
  text.replaceAll(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/**
 * Segments parted by either slash; what follows a `;` is a parameter to some servers (`/..;/admin`). Full-width dots and
 * slashes are plain ones to servers that normalise.
 */
function hasDotSegment(text: string): boolean {
  if (/\p{Cc}/u.test(text)) return true;
  const segments = text.normalize('NFKC').split(/[/\\]/);
  return segments.some((segment) => /^\.{1,2}$/.test(segment.split(';')[0]?.trim() ?? ''));
}
