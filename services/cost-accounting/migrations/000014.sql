-- Calls in providers' batches: money is set aside for them first, a line of the ledger that costs nothing, and counted anew at their end.
-- Not valid: what is there satisfies the narrower one.
ALTER TABLE ledger DROP CONSTRAINT IF EXISTS ledger_line_check;
ALTER TABLE ledger ADD CONSTRAINT ledger_line_check
  CHECK (line IN ('charge', 'waste', 'unresolved', 'unattributed', 'overdraft', 'adjust', 'reserved')) NOT VALID;
-- The end of a call may be counted before what was set aside for it, where that waits in the outbox of a replica that is gone: for so long
-- the window has less than nothing of it, and the lease more.
ALTER TABLE budget_windows DROP CONSTRAINT IF EXISTS budget_windows_spent_check;
