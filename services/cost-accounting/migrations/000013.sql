-- Outboxes whose replica and file are gone, as an operator has declared.
CREATE TABLE lost_outboxes (
  outbox_id text PRIMARY KEY,
  declared_at timestamptz(3) NOT NULL DEFAULT now(),
  -- Who: the API key.
  key_id text NOT NULL,
  reason text NOT NULL,
  -- What its leases had left, all units together, when its lines were last brought up to date.
  left_over numeric NOT NULL DEFAULT 0,
  -- Ledger lines that were booked for it.
  lines bigint NOT NULL DEFAULT 0
);

-- What is booked as unattributed for a lost outbox, less what was told since.
CREATE TABLE unattributed_costs (
  outbox_id text NOT NULL REFERENCES lost_outboxes,
  tenant text NOT NULL,
  amount_nano_usd bigint NOT NULL CHECK (amount_nano_usd >= 0),
  PRIMARY KEY (outbox_id, tenant)
);

-- What invoices had more or less than the ledger: a line of the ledger each, and the day that it corrects.
CREATE TABLE invoice_adjustments (
  outbox_id text NOT NULL,
  sequence bigint NOT NULL,
  provider text NOT NULL,
  day date NOT NULL,
  model text NOT NULL,
  tenant text NOT NULL,
  amount_nano_usd bigint NOT NULL,
  reason text NOT NULL,
  key_id text NOT NULL,
  made_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (outbox_id, sequence)
);
CREATE INDEX invoice_adjustments_of_day ON invoice_adjustments (provider, day);

-- Days on which far more or less was spent than is usual, each once. '': all tenants together.
CREATE TABLE cost_anomalies (
  id uuid PRIMARY KEY,
  tenant text NOT NULL,
  day date NOT NULL,
  amount_nano_usd bigint NOT NULL,
  usual_nano_usd bigint NOT NULL,
  found_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  -- When NATS took it; NULL: not yet.
  told_at timestamptz(3),
  UNIQUE (tenant, day)
);
CREATE INDEX cost_anomalies_untold ON cost_anomalies (found_at) WHERE told_at IS NULL;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['lost_outboxes', 'unattributed_costs', 'invoice_adjustments', 'cost_anomalies'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY of_system ON %I
         USING (current_setting(''switchyard.system'', true) = ''on'')
         WITH CHECK (current_setting(''switchyard.system'', true) = ''on'')',
      name);
  END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE ON lost_outboxes, unattributed_costs TO switchyard_cost_accounting;
GRANT SELECT, INSERT ON invoice_adjustments TO switchyard_cost_accounting;
GRANT SELECT, INSERT, UPDATE, DELETE ON cost_anomalies TO switchyard_cost_accounting;
