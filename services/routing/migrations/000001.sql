-- Providers and decisions. The service's role sees a tenant's rows and the installation's (tenant '').

CREATE TABLE providers (
  tenant text NOT NULL,
  id text NOT NULL,
  -- The Provider message. One column: the message is the schema, and every reader wants all of it.
  body bytea NOT NULL,
  etag text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, id)
);

ALTER TABLE providers ENABLE ROW LEVEL SECURITY;
ALTER TABLE providers FORCE ROW LEVEL SECURITY;
-- A setting that an earlier transaction had made reads as '' afterwards, on the same connection: '' must name nobody, so the
-- installation's rows are changed by the service's own work (switchyard.system) alone.
CREATE POLICY own_or_installation ON providers FOR SELECT USING (
  current_setting('switchyard.tenant', true) <> '' AND tenant IN (current_setting('switchyard.tenant', true), '')
  OR current_setting('switchyard.system', true) = 'on'
);
CREATE POLICY own ON providers
  USING (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on')
  WITH CHECK (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on');

-- Counts the changes of providers, so that replicas see with one cheap read whether to load them again.
CREATE TABLE provider_version (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  version bigint NOT NULL
);
INSERT INTO provider_version (version) VALUES (0);

CREATE TABLE decisions (
  tenant text NOT NULL,
  request_id uuid NOT NULL,
  decided_at timestamptz NOT NULL,
  -- The Decision message.
  body bytea NOT NULL,
  PRIMARY KEY (request_id)
);
-- Old decisions are removed in this order.
CREATE INDEX decisions_decided_at ON decisions (decided_at);

ALTER TABLE decisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE decisions FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON decisions
  USING (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on')
  WITH CHECK (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on');

GRANT SELECT, INSERT, UPDATE, DELETE ON providers TO switchyard_routing;
GRANT SELECT, UPDATE ON provider_version TO switchyard_routing;
GRANT SELECT, INSERT, DELETE ON decisions TO switchyard_routing;
