-- Experiments: a part of the one configuration, as pools are. And what they have found.

CREATE TABLE experiments (
  tenant text NOT NULL,
  id text NOT NULL,
  -- The Experiment message: one column, as of providers.
  body bytea NOT NULL,
  -- Whether it says who answers: it runs, or a variant is promoted. Requests need to know of no others.
  decides boolean NOT NULL,
  etag text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, id)
);

ALTER TABLE experiments ENABLE ROW LEVEL SECURITY;
ALTER TABLE experiments FORCE ROW LEVEL SECURITY;
-- '' names nobody, as of providers.
CREATE POLICY own_or_installation ON experiments FOR SELECT USING (
  current_setting('switchyard.tenant', true) <> '' AND tenant IN (current_setting('switchyard.tenant', true), '')
  OR current_setting('switchyard.system', true) = 'on'
);
CREATE POLICY own ON experiments
  USING (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on')
  WITH CHECK (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on');

-- What replicas have counted, added up: enough for means, variances and the test. Statistics, no money: the ledger is exact.
CREATE TABLE experiment_results (
  -- The experiment's; '' for the installation's, whose figures are those of all tenants.
  tenant text NOT NULL,
  experiment text NOT NULL,
  variant text NOT NULL,
  -- Ended requests, those that callers cancelled left out.
  requests double precision NOT NULL,
  failures double precision NOT NULL,
  -- Of answered requests whose cost is known, in nano-USD.
  cost_count double precision NOT NULL,
  cost_sum double precision NOT NULL,
  cost_sum_of_squares double precision NOT NULL,
  -- Of answered requests, in milliseconds.
  latency_count double precision NOT NULL,
  latency_sum double precision NOT NULL,
  latency_sum_of_squares double precision NOT NULL,
  PRIMARY KEY (tenant, experiment, variant),
  FOREIGN KEY (tenant, experiment) REFERENCES experiments (tenant, id) ON DELETE CASCADE
);

ALTER TABLE experiment_results ENABLE ROW LEVEL SECURITY;
ALTER TABLE experiment_results FORCE ROW LEVEL SECURITY;
-- The installation's are not shown to tenants: they tell of everybody's requests.
CREATE POLICY own ON experiment_results
  USING (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on')
  WITH CHECK (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on');

COMMENT ON TABLE provider_version IS
  'Counts the changes of providers, pools, policies and experiments: one version of the whole configuration.';

GRANT SELECT, INSERT, UPDATE, DELETE ON experiments TO switchyard_routing;
-- They go with their experiment, by the foreign key.
GRANT SELECT, INSERT, UPDATE ON experiment_results TO switchyard_routing;
