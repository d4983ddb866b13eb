-- Requests that were answered from the cache: where the answer came from ('hit-l1', 'hit-l2', 'joined'; '' for an attempt), and what
-- the call had cost that was not made again (NULL: unknown, or an attempt).
ALTER TABLE ledger
  ADD COLUMN cache text NOT NULL DEFAULT '',
  ADD COLUMN saved_nano_usd bigint;
