/** Rules of the protocol that a simulation can break, one at a time, to see that it is noticed. */
export const MUTANTS = {
  'returns-held': 'a replica gives back what attempts hold',
  'adds-grants': 'a replica adds what an answer says to what it has, however often it comes',
  'spends-unwritten': 'a replica calls a provider without writing the hold down',
  'forgets-used': 'a replica forgets what was used of a window that goes on',
  'ignores-leases': 'the grantor counts only what is spent',
  'counts-twice': 'the ledger counts a record as often as it comes',
  'closes-unread': 'the rest of a closed outbox is there again before the ledger has all of it',
  'closes-silent': 'the rest of a replica that is silent is there again while its outbox is open',
} as const;

export type Mutant = keyof typeof MUTANTS;
