/**
 * Most candidates that a stored decision lists. Strategies that share work order no more balancing groups than that, and where
 * nothing fits no more are told of: so a decision can be made again from its record.
 */
export const MAX_CANDIDATES = 100;
