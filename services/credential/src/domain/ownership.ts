import { isTenantForm } from '@switchyard/kernel';

/**
 * Who owns a row: the name of a tenant, or this word for the installation itself. It is a word rather than an empty text
 * because PostgreSQL gives an empty text for a setting that an earlier transaction had set: then a transaction that
 * forgot to say for whom it works would see the installation's rows.
 */
export const INSTALLATION = 'installation';

/** Whether a text can name a tenant: 1 to 64 of letters, digits, `.`, `_`, `-`, and not the word for the installation. */
export function isTenantName(text: string): boolean {
  return isTenantForm(text) && text !== INSTALLATION;
}

/** The owner as messages write it, where an empty text stands for the installation. */
export const ownerOnTheWire = (owner: string): string => (owner === INSTALLATION ? '' : owner);

/** The owner that a message names, where an empty text stands for the installation. */
export const ownerFromTheWire = (tenant: string): string => (tenant === '' ? INSTALLATION : tenant);
