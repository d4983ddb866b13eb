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
  const names = new RegExp(`(?<![\\w.])(?:${[...fieldNames.keys()].map(escaped).join('|')})\\b`, 'g');
  const rename = (text: string) =>
    text
      .replace(PLACE, (_, message: string, part: string | undefined) => {
        const place = places?.[Number(message)] ?? `messages[${message}]`;
        return part === undefined ? place : `${place}.content[${part}]`;
      })
      .replace(names, (name) => fieldNames.get(name) ?? name);
  const { reason, code, publicMessage, retryable, retryAfterMs, metadata, violations, cause } = error;
  return new ServiceError({
    reason,
    code,
    retryable,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    cause,
    publicMessage: rename(publicMessage),
    metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, rename(value)])),
    violations: violations.map(({ field, description }) => ({ field: rename(field), description })),
  });
}

const escaped = (name: string): string => name.replace(/[.[\]]/g, '\\$&');
