-- What a day of the ledger held when it was last looked at: entries are never changed, so the same number of them is the same day.
CREATE TABLE ledger_days (
  day date PRIMARY KEY,
  entries bigint NOT NULL,
  -- SHA-256 of the day's minutes, each the SHA-256 of its entries in the order of their numbers.
  sha256 bytea NOT NULL,
  sealed_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE ledger_days ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_days FORCE ROW LEVEL SECURITY;
CREATE POLICY of_system ON ledger_days
  USING (current_setting('switchyard.system', true) = 'on')
  WITH CHECK (current_setting('switchyard.system', true) = 'on');
GRANT SELECT, INSERT, UPDATE ON ledger_days TO switchyard_cost_accounting;
