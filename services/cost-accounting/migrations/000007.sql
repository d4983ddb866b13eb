-- What windows of budgets have reached, and who is told of it.
ALTER TABLE budgets ADD COLUMN receivers text[] NOT NULL DEFAULT '{}';
-- When an attempt was first refused while hardly anything was left.
ALTER TABLE budget_windows ADD COLUMN refused_at timestamptz;
CREATE INDEX budget_windows_by_end ON budget_windows (end_ms);

CREATE TABLE budget_alerts (
  id uuid PRIMARY KEY,
  budget bigint NOT NULL,
  start_ms bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('threshold', 'exhausted')),
  -- 0 for 'exhausted'.
  percent integer NOT NULL,
  spent bigint NOT NULL,
  leased bigint NOT NULL,
  limit_amount bigint NOT NULL,
  fired_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  -- Whatever replicas do at once, each is there once.
  UNIQUE (budget, start_ms, kind, percent),
  FOREIGN KEY (budget, start_ms) REFERENCES budget_windows ON DELETE CASCADE
);

-- What one receiver is yet to be told, or was. Written together with the alert.
CREATE TABLE alert_deliveries (
  id uuid PRIMARY KEY,
  tenant text NOT NULL,
  alert_id uuid NOT NULL REFERENCES budget_alerts ON DELETE CASCADE,
  -- '': NATS.
  receiver text NOT NULL,
  notice jsonb NOT NULL,
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  last_error text NOT NULL DEFAULT '',
  ended_at timestamptz(3),
  place bigint GENERATED ALWAYS AS IDENTITY
);
CREATE INDEX alert_deliveries_of_alert ON alert_deliveries (alert_id, place);
CREATE INDEX alert_deliveries_waiting ON alert_deliveries (next_attempt_at) WHERE state = 'pending';

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['budget_alerts', 'alert_deliveries'] LOOP
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

GRANT SELECT, INSERT, DELETE ON budget_alerts TO switchyard_cost_accounting;
GRANT SELECT, INSERT, UPDATE ON alert_deliveries TO switchyard_cost_accounting;
