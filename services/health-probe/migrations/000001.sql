-- Health of providers. The app's role owns nothing here, and a transaction that does not say for whom it works
-- (switchyard.tenant or switchyard.system) sees and changes no row. The owner of the installation's rows is the word
-- 'installation', because a setting that an earlier transaction had set reads as '' afterwards.

CREATE TABLE provider_health (
  tenant text COLLATE "C" NOT NULL CHECK (tenant <> ''),
  provider text COLLATE "C" NOT NULL CHECK (provider <> ''),
  state text NOT NULL
    CHECK (state IN ('not_tested', 'healthy', 'degraded', 'unhealthy', 'unavailable', 'maintenance')),
  reason text NOT NULL,
  since timestamptz(3) NOT NULL,
  -- Version of the table at the last change of this row.
  version bigint NOT NULL,
  last_success_at timestamptz(3),
  last_failure_at timestamptz(3),
  last_probe_at timestamptz(3),
  PRIMARY KEY (tenant, provider)
);

-- What happened, and the outbox of the events about it: a row without published_at has yet to reach the bus.
CREATE TABLE health_changes (
  version bigint PRIMARY KEY,
  id uuid NOT NULL UNIQUE,
  tenant text COLLATE "C" NOT NULL CHECK (tenant <> ''),
  provider text COLLATE "C" NOT NULL,
  from_state text NOT NULL,
  to_state text NOT NULL,
  reason text NOT NULL,
  changed_at timestamptz(3) NOT NULL,
  published_at timestamptz(3)
);
CREATE INDEX health_changes_of_provider ON health_changes (tenant, provider, version DESC);
CREATE INDEX health_changes_waiting ON health_changes (version) WHERE published_at IS NULL;
CREATE INDEX health_changes_by_time ON health_changes (changed_at);

-- Version of the whole table. Its row lock makes changes one at a time.
CREATE TABLE health_version (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  version bigint NOT NULL
);
INSERT INTO health_version (version) VALUES (0);

-- Which replica judges and probes. The database's clock decides.
CREATE TABLE lease (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  owner uuid NOT NULL,
  expires_at timestamptz NOT NULL
);
INSERT INTO lease (owner, expires_at) VALUES ('00000000-0000-0000-0000-000000000000', '-infinity');

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['provider_health', 'health_changes'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY of_tenant ON %I
         USING (tenant = current_setting(''switchyard.tenant'', true) OR current_setting(''switchyard.system'', true) = ''on'')
         WITH CHECK (tenant = current_setting(''switchyard.tenant'', true) OR current_setting(''switchyard.system'', true) = ''on'')',
      name);
  END LOOP;
  -- No tenant's business.
  FOREACH name IN ARRAY ARRAY['health_version', 'lease'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY of_system ON %I
         USING (current_setting(''switchyard.system'', true) = ''on'')
         WITH CHECK (current_setting(''switchyard.system'', true) = ''on'')',
      name);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE, DELETE ON provider_health, health_changes TO switchyard_health_probe;
GRANT SELECT, UPDATE ON health_version, lease TO switchyard_health_probe;
