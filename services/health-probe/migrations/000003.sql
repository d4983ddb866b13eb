-- Rules and receivers of alerts, as the JSON of their messages: fields are only added, and an older replica that does not know
-- one leaves the rule alone.
CREATE TABLE alert_rules (
  tenant text COLLATE "C" NOT NULL CHECK (tenant <> ''),
  id text COLLATE "C" NOT NULL,
  definition jsonb NOT NULL,
  PRIMARY KEY (tenant, id)
);

CREATE TABLE alert_receivers (
  tenant text COLLATE "C" NOT NULL CHECK (tenant <> ''),
  id text COLLATE "C" NOT NULL,
  definition jsonb NOT NULL,
  PRIMARY KEY (tenant, id)
);

-- A rule about one provider, from when it was first bad until it is resolved, and for 30 days after.
CREATE TABLE alerts (
  id uuid PRIMARY KEY,
  tenant text COLLATE "C" NOT NULL CHECK (tenant <> ''),
  rule text COLLATE "C" NOT NULL,
  provider_tenant text COLLATE "C" NOT NULL CHECK (provider_tenant <> ''),
  provider text COLLATE "C" NOT NULL,
  state text NOT NULL CHECK (state IN ('pending', 'firing', 'resolved')),
  bad_since timestamptz(3) NOT NULL,
  good_since timestamptz(3),
  value double precision,
  fired_at timestamptz(3),
  resolved_at timestamptz(3),
  -- What receivers were told when it fired, and who they are: they are told of the end as well, whatever becomes of the rule.
  notice jsonb,
  receivers text[] NOT NULL DEFAULT '{}'
);
-- Whatever replicas do at once, there is one alert of a rule about a provider.
CREATE UNIQUE INDEX alerts_open ON alerts (tenant, rule, provider_tenant, provider) WHERE state <> 'resolved';
CREATE INDEX alerts_of_tenant ON alerts (tenant, id DESC);
CREATE INDEX alerts_resolved ON alerts (resolved_at) WHERE state = 'resolved';

-- What one receiver is yet to be told, or was. Written together with the change of the alert.
CREATE TABLE alert_deliveries (
  id uuid PRIMARY KEY,
  tenant text COLLATE "C" NOT NULL CHECK (tenant <> ''),
  alert_id uuid NOT NULL REFERENCES alerts ON DELETE CASCADE,
  -- '': NATS.
  receiver text COLLATE "C" NOT NULL,
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
  FOREACH name IN ARRAY ARRAY['alert_rules', 'alert_receivers', 'alerts', 'alert_deliveries'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY of_tenant ON %I
         USING (tenant = current_setting(''switchyard.tenant'', true) OR current_setting(''switchyard.system'', true) = ''on'')
         WITH CHECK (tenant = current_setting(''switchyard.tenant'', true) OR current_setting(''switchyard.system'', true) = ''on'')',
      name);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE, DELETE ON alert_rules, alert_receivers, alerts, alert_deliveries TO switchyard_health_probe;
