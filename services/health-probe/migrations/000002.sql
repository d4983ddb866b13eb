-- How a provider is probed, where that differs from the defaults. NULL: the default.
CREATE TABLE probe_settings (
  tenant text COLLATE "C" NOT NULL CHECK (tenant <> ''),
  provider text COLLATE "C" NOT NULL CHECK (provider <> ''),
  is_active boolean NOT NULL,
  idle_interval_ms integer CHECK (idle_interval_ms BETWEEN 100 AND 86400000),
  max_probes_per_day integer CHECK (max_probes_per_day >= 0),
  max_nano_usd_per_day bigint CHECK (max_nano_usd_per_day >= 0),
  PRIMARY KEY (tenant, provider)
);

-- What probes have taken of their budget. nano_usd holds the upper bound of a probe that is under way, and keeps it where
-- nobody came back to say what it cost.
CREATE TABLE probe_spending (
  tenant text COLLATE "C" NOT NULL CHECK (tenant <> ''),
  provider text COLLATE "C" NOT NULL CHECK (provider <> ''),
  -- In UTC.
  day date NOT NULL,
  probes integer NOT NULL,
  nano_usd bigint NOT NULL,
  PRIMARY KEY (tenant, provider, day)
);
CREATE INDEX probe_spending_by_day ON probe_spending (day);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['probe_settings', 'probe_spending'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY of_tenant ON %I
         USING (tenant = current_setting(''switchyard.tenant'', true) OR current_setting(''switchyard.system'', true) = ''on'')
         WITH CHECK (tenant = current_setting(''switchyard.tenant'', true) OR current_setting(''switchyard.system'', true) = ''on'')',
      name);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE, DELETE ON probe_settings, probe_spending TO switchyard_health_probe;
