/** Schema of this service, for what alerts keep in it. */
export const SCHEMA = 'cost_accounting';
