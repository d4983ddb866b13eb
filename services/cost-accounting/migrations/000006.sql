-- Budgets: limits of what is spent, or used, in a time.
CREATE TABLE budgets (
  -- Never given twice, so that a budget that is made anew does not take over what replicas hold of the old one.
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- '' for the installation's, which counts all tenants together.
  tenant text NOT NULL,
  id text NOT NULL,
  description text NOT NULL,
  -- What it is for; '' is all.
  key_id text NOT NULL,
  provider text NOT NULL,
  model text NOT NULL,
  service text NOT NULL,
  agent text NOT NULL,
  workflow text NOT NULL,
  unit text NOT NULL CHECK (unit IN ('cost', 'requests', 'tokens')),
  limit_amount bigint NOT NULL CHECK (limit_amount > 0),
  period text NOT NULL CHECK (period IN ('minute', 'day', 'month', 'total')),
  time_zone text NOT NULL,
  -- true: attempts that could exceed it are not made. false: alerts only.
  refuses boolean NOT NULL,
  alert_percents integer[] NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant, id),
  -- What callers say of themselves binds nobody.
  CHECK (NOT refuses OR (service = '' AND agent = '' AND workflow = ''))
);

-- How many times budgets were changed; one row.
CREATE TABLE budget_version (
  id boolean PRIMARY KEY DEFAULT true CHECK (id),
  version bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
INSERT INTO budget_version DEFAULT VALUES;

-- Times in which budgets count, by their begin in milliseconds since 1970.
CREATE TABLE budget_windows (
  budget bigint NOT NULL REFERENCES budgets ON DELETE CASCADE,
  start_ms bigint NOT NULL,
  -- NULL: it never ends.
  end_ms bigint,
  spent bigint NOT NULL DEFAULT 0 CHECK (spent >= 0),
  PRIMARY KEY (budget, start_ms)
) WITH (fillfactor = 50);

-- What replicas have of windows, by the outbox that each of them writes. The numbers only grow: messages may be lost, come twice and late.
CREATE TABLE budget_leases (
  budget bigint NOT NULL,
  start_ms bigint NOT NULL,
  owner text NOT NULL,
  granted bigint NOT NULL DEFAULT 0 CHECK (granted >= 0),
  returned bigint NOT NULL DEFAULT 0 CHECK (returned >= 0),
  -- What the ledger has of the owner's usage.
  settled bigint NOT NULL DEFAULT 0 CHECK (settled >= 0),
  PRIMARY KEY (budget, start_ms, owner),
  FOREIGN KEY (budget, start_ms) REFERENCES budget_windows ON DELETE CASCADE
) WITH (fillfactor = 50);
CREATE INDEX budget_leases_of_owner ON budget_leases (owner) WHERE granted > returned + settled;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['budgets', 'budget_version', 'budget_windows', 'budget_leases'] LOOP
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
-- A tenant sees its own budgets.
CREATE POLICY of_tenant ON budgets USING (tenant <> '' AND tenant = current_setting('switchyard.tenant', true));

GRANT SELECT, INSERT, UPDATE, DELETE ON budgets TO switchyard_cost_accounting;
GRANT SELECT, UPDATE ON budget_version TO switchyard_cost_accounting;
GRANT SELECT, INSERT, UPDATE ON budget_windows, budget_leases TO switchyard_cost_accounting;
