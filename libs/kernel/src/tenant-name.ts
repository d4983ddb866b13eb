const TENANT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * Whether a text has the form of a tenant's name: 1 to 64 of letters, digits, `.`, `_`, `-`, beginning with a letter or digit. What has
 * another form names nobody, and may be something that no database or bus takes.
 */
export const isTenantForm = (text: string): boolean => TENANT.test(text);

/** The rule of {@link isTenantForm}, for whoever is told of a field. */
export const TENANT_RULE =
  'must be 1 to 64 of letters, digits, ".", "_", "-", beginning with a letter or digit';
