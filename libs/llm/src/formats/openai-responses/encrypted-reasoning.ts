import { forFormat, withOrigin } from '../reasoning-origin.ts';

/** Reasoning that only the provider can read, with the id of its item. */
export interface EncryptedReasoning {
  /** "" where it is not known. */
  readonly id: string;
  readonly content: string;
}

/** Ids and encrypted content are base64url and "_": this parts them. */
const SEPARATOR = '.';

/** The signature that callers get: what the provider wants back, in one opaque text. */
export const toSignature = ({ id, content }: EncryptedReasoning): string =>
  withOrigin('openai-responses', `${id}${SEPARATOR}${content}`);

/** What the provider gave, from a signature; `undefined` where another format wrote it, or where it is empty. */
export function fromSignature(signature: string): EncryptedReasoning | undefined {
  const opaque = forFormat('openai-responses', signature);
  if (opaque === undefined) return undefined;
  const at = opaque.indexOf(SEPARATOR);
  // A caller who has it from the provider itself has no id in it.
  return at === -1 ? { id: '', content: opaque } : { id: opaque.slice(0, at), content: opaque.slice(at + 1) };
}
