-- Corrections of what was charged: a line of the ledger each, which may be below 0, and what it corrects.
-- Not valid: what is there satisfies narrower ones, and looking at all of it would stop who writes meanwhile.
ALTER TABLE ledger DROP CONSTRAINT IF EXISTS ledger_line_check;
ALTER TABLE ledger ADD CONSTRAINT ledger_line_check
  CHECK (line IN ('charge', 'waste', 'unresolved', 'unattributed', 'overdraft', 'adjust')) NOT VALID;
ALTER TABLE ledger DROP CONSTRAINT IF EXISTS ledger_amount_nano_usd_check;
ALTER TABLE ledger ADD CONSTRAINT ledger_amount_nano_usd_check CHECK (amount_nano_usd >= 0 OR line = 'adjust') NOT VALID;

CREATE TABLE price_adjustments (
  -- The ledger line.
  outbox_id text NOT NULL,
  sequence bigint NOT NULL,
  -- The entry that it corrects.
  of_outbox_id text NOT NULL,
  of_sequence bigint NOT NULL,
  -- What that cost before, earlier adjustments included; NULL: it was not known.
  before_nano_usd bigint,
  after_nano_usd bigint NOT NULL,
  reason text NOT NULL,
  -- Who: the API key.
  key_id text NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (outbox_id, sequence)
);
CREATE INDEX price_adjustments_of ON price_adjustments (of_outbox_id, of_sequence);
ALTER TABLE price_adjustments ENABLE ROW LEVEL SECURITY;
ALTER TABLE price_adjustments FORCE ROW LEVEL SECURITY;
CREATE POLICY of_system ON price_adjustments
  USING (current_setting('switchyard.system', true) = 'on')
  WITH CHECK (current_setting('switchyard.system', true) = 'on');
GRANT SELECT, INSERT ON price_adjustments TO switchyard_cost_accounting;
