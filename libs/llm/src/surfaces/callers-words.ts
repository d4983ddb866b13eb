import { ServiceError } from '@switchyard/kernel';
import type { Surface, SurfaceRequest } from './surface.ts';

/** `messages[3].parts[1]`, as the canonical request has it. */
const PLACE = /\bmessages\[(\d+)\](?:\.parts\[(\d+)\])?/g;

/** What a provider says of its own fields is left as it is. */
const OF_PROVIDER = /^PROVIDER_/;

/** An error about a canonical request, with its fields named as the caller of a surface wrote them. */
export function inCallersWords(
  error: ServiceError,
  { fieldNames }: Pick<Surface, 'fieldNames'>,
  { places }: Pick<SurfaceRequest, 'places'>,
): ServiceError {
  if (OF_PROVIDER.test(error.reason)) return error;
  const names = [...fieldNames.keys()];
  const fields = new RegExp(`${BEFORE}(?:${names.map(escaped).join('|')})\\b`, 'g');
  const inTexts = new RegExp(`${BEFORE}(?:${names.map(inSentence).join('|')})`, 'g');
  const rename = (text: string, pattern = inTexts) =>
    text
      .replace(PLACE, (_, message: string, part: string | undefined) => {
        const place = places?.[Number(message)] ?? `messages[${message}]`;
        return part === undefined ? place : `${place}.content[${part}]`;
      })
      .replace(pattern, (name) => fieldNames.get(name) ?? name);
  const { reason, code, publicMessage, retryable, retryAfterMs, metadata, violations, cause } = error;
  return new ServiceError({
    reason,
    code,
    retryable,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    cause,
    publicMessage: rename(publicMessage),
    metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, rename(value)])),
    violations: violations.map(({ field, description }) => ({ field: rename(field, fields), description })),
  });
}

/** Not the end of a longer name, nor of an option such as `--min-context`. */
const BEFORE = '(?<![\\w.-])';

/** A name of one word is a word like others, unless something of it is named, or said. */
const inSentence = (name: string): string =>
  /[_.[]/.test(name) ? `${escaped(name)}\\b` : `${name}(?=:|\\.\\w|\\[)`;

const escaped = (name: string): string => name.replace(/[.[\]]/g, '\\$&');
