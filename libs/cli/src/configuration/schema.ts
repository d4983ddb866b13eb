/** What a value of a document may be, and how it stands in a message. */
export type ValueSchema =
  | { readonly kind: 'text' }
  | { readonly kind: 'flag' }
  | { readonly kind: 'whole'; readonly min: number; readonly max: number }
  /** A whole number of more than 53 bits: also written as a text. */
  | { readonly kind: 'long' }
  | { readonly kind: 'number'; readonly min: number }
  /** One of some words; the numbers are the message's. */
  | { readonly kind: 'word'; readonly words: Readonly<Record<string, number>> }
  | { readonly kind: 'list'; readonly of: ValueSchema }
  /** Texts by names that are the operator's own. */
  | { readonly kind: 'map' }
  | { readonly kind: 'object'; readonly fields: ObjectSchema };

/** Fields by their names in a document. */
export type ObjectSchema = Readonly<Record<string, FieldSchema>>;

/** One field. */
export type FieldSchema = ValueSchema & {
  /** Its name in the message. Default: the same in camel case. */
  readonly in?: string;
};

/** Name of a field in the message. */
export const messageName = (name: string, { in: renamed }: FieldSchema): string =>
  renamed ?? name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
