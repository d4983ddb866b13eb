-- Pools and policies: with providers they are one configuration. The service's role sees a tenant's rows and the
-- installation's (tenant '').

CREATE TABLE pools (
  tenant text NOT NULL,
  id text NOT NULL,
  -- The Pool message: one column, as of providers.
  body bytea NOT NULL,
  etag text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, id)
);

ALTER TABLE pools ENABLE ROW LEVEL SECURITY;
ALTER TABLE pools FORCE ROW LEVEL SECURITY;
-- '' names nobody, as of providers.
CREATE POLICY own_or_installation ON pools FOR SELECT USING (
  current_setting('switchyard.tenant', true) <> '' AND tenant IN (current_setting('switchyard.tenant', true), '')
  OR current_setting('switchyard.system', true) = 'on'
);
CREATE POLICY own ON pools
  USING (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on')
  WITH CHECK (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on');

CREATE TABLE policies (
  -- '' for the installation's.
  tenant text PRIMARY KEY,
  -- The Policy message.
  body bytea NOT NULL,
  etag text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE policies ENABLE ROW LEVEL SECURITY;
ALTER TABLE policies FORCE ROW LEVEL SECURITY;
CREATE POLICY own_or_installation ON policies FOR SELECT USING (
  current_setting('switchyard.tenant', true) <> '' AND tenant IN (current_setting('switchyard.tenant', true), '')
  OR current_setting('switchyard.system', true) = 'on'
);
CREATE POLICY own ON policies
  USING (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on')
  WITH CHECK (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on');

-- It keeps its name, for replicas of the version before read it while the new ones start.
COMMENT ON TABLE provider_version IS
  'Counts the changes of providers, pools and policies: one version of the whole configuration.';

GRANT SELECT, INSERT, UPDATE, DELETE ON pools, policies TO switchyard_routing;
