-- Connectors of tenants. The app's role owns nothing here, and a transaction that does not say for whom it works
-- (switchyard.tenant or switchyard.system) sees and changes no row.

CREATE TABLE connectors (
  tenant text COLLATE "C" NOT NULL CHECK (tenant <> ''),
  id text COLLATE "C" NOT NULL CHECK (id ~ '^[a-z0-9-]{1,64}$'),
  -- Never given twice, unlike the id: replicas keep breakers and connections under it.
  uid uuid NOT NULL UNIQUE,
  type text NOT NULL CHECK (type IN ('postgresql', 'rest')),
  endpoint text NOT NULL CHECK (length(endpoint) <= 2048),
  -- '' for none. The secret is the tenant's own.
  credential_ref text NOT NULL,
  auth_type text NOT NULL CHECK (auth_type IN ('none', 'basic', 'bearer', 'api_key')),
  api_key_header text NOT NULL,
  timeout_ms integer NOT NULL CHECK (timeout_ms BETWEEN 1 AND 300000),
  max_rows integer NOT NULL CHECK (max_rows BETWEEN 1 AND 100000),
  max_bytes integer NOT NULL CHECK (max_bytes BETWEEN 1 AND 16777216),
  max_concurrency integer NOT NULL CHECK (max_concurrency BETWEEN 1 AND 1000),
  failure_threshold integer NOT NULL CHECK (failure_threshold BETWEEN 1 AND 1000),
  open_seconds integer NOT NULL CHECK (open_seconds BETWEEN 1 AND 3600),
  created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant, id),
  CHECK ((credential_ref = '') = (auth_type = 'none'))
);

ALTER TABLE connectors ENABLE ROW LEVEL SECURITY;
ALTER TABLE connectors FORCE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON connectors
  USING (tenant = current_setting('switchyard.tenant', true) OR current_setting('switchyard.system', true) = 'on')
  WITH CHECK (tenant = current_setting('switchyard.tenant', true) OR current_setting('switchyard.system', true) = 'on');

-- No UPDATE: a connector is replaced, not changed, so that what was audited under an id stays what it was.
GRANT SELECT, INSERT, DELETE ON connectors TO switchyard_connector;
