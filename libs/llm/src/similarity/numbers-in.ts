/**
 * The numbers in a text, in their order, as one text. Questions that differ in a number are different questions ("invoice 1041" and
 * "invoice 1042"), however near embeddings put them.
 */
export const numbersIn = (text: string): string => (text.normalize('NFKC').match(NUMBER) ?? []).join(' ');

/** Digits, and what may stand between them: 3.14, 10:30, 2026-11-30. */
const NUMBER = /\p{Nd}+(?:[.,:/-]\p{Nd}+)*/gu;
