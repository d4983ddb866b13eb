import { hostKey, parseHostAndPort } from '@switchyard/kernel';
import type { Place } from './receiver.ts';

const MAX_LENGTH = 2_048;
const DEFAULT_PORTS = { https: 443, http: 80, smtps: 465, smtp: 587 } as const;

/** Reads where a URL leads; undefined where it is none, has a user in it, or is not plain ASCII. */
export function readPlace(url: string, schemes: readonly Place['scheme'][]): Place | undefined {
  // A URL reader drops tabs and line ends and takes `\` for `/`: what was checked must be what is used.
  if (url.length > MAX_LENGTH || !/^[\x21-\x5b\x5d-\x7e]+$/.test(url)) return undefined;
  const match = /^([a-z]+):\/\/([^/?#@]+)([/?#].*)?$/i.exec(url);
  const scheme = schemes.find((one) => one === match?.[1]?.toLowerCase());
  if (scheme === undefined) return undefined;
  const target = parseHostAndPort(match?.[2] ?? '', DEFAULT_PORTS[scheme]);
  return target && { scheme, ...target };
}

/** Scheme, host and port in one spelling, the port always written: what a secret's allowed origins are compared by. */
export const placeKey = (place: Place): string => `${place.scheme}://${hostKey(place)}`;

/** Whether a secret may be used for a place. */
export const mayGoTo = (place: Place, allowedOrigins: readonly string[]): boolean =>
  allowedOrigins.some((origin) => {
    const allowed = readPlace(origin, [place.scheme]);
    return allowed !== undefined && placeKey(allowed) === placeKey(place);
  });
