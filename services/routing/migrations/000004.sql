-- Decisions by day: what is older than they are kept goes with its whole day, and costs no deletes. A table beside the old
-- one, which the version before this one still writes; a later migration removes it, once it is empty.

CREATE TABLE decision_log (
  tenant text NOT NULL,
  request_id uuid NOT NULL,
  -- Days are those of UTC.
  decided_at timestamptz NOT NULL,
  -- The Decision message.
  body bytea NOT NULL,
  PRIMARY KEY (request_id, decided_at)
) PARTITION BY RANGE (decided_at);

ALTER TABLE decision_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE decision_log FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON decision_log
  USING (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on')
  WITH CHECK (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on');

-- Makes the partition of a day. The service may not own tables, so it may call this and the next one, and nothing else of the
-- kind. A new table is attached: unlike CREATE TABLE … PARTITION OF, that does not lock out readers and writers.
CREATE FUNCTION ensure_decision_day(day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = routing, pg_temp AS $$
DECLARE
  partition text := 'decision_log_' || to_char(day, 'YYYYMMDD');
BEGIN
  IF day < (now() AT TIME ZONE 'UTC')::date - 400 OR day > (now() AT TIME ZONE 'UTC')::date + 400 THEN
    RAISE EXCEPTION 'no decisions are kept for %', day USING ERRCODE = 'datetime_field_overflow';
  END IF;
  PERFORM pg_advisory_xact_lock(7246003);
  -- Not to_regclass: it may answer from a cache that waiting for this lock does not refresh.
  IF EXISTS (SELECT FROM pg_class WHERE relname = partition AND relnamespace = 'routing'::regnamespace) THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE TABLE %I (LIKE decision_log INCLUDING ALL)', partition);
  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', partition);
  EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', partition);
  EXECUTE format(
    'CREATE POLICY own ON %I
       USING (tenant = nullif(current_setting(''switchyard.tenant'', true), '''') OR current_setting(''switchyard.system'', true) = ''on'')
       WITH CHECK (tenant = nullif(current_setting(''switchyard.tenant'', true), '''') OR current_setting(''switchyard.system'', true) = ''on'')',
    partition);
  EXECUTE format(
    'ALTER TABLE decision_log ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
    partition, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
END
$$;

-- Removes the days that ended before a moment. Waits at most two seconds for whoever reads or writes; then it is for the next time.
CREATE FUNCTION drop_decision_days(before timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = routing, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
  partition text;
  dropped integer := 0;
BEGIN
  IF before > now() THEN
    RAISE EXCEPTION 'decisions of the future are kept' USING ERRCODE = 'datetime_field_overflow';
  END IF;
  PERFORM pg_advisory_xact_lock(7246003);
  FOR partition IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'routing.decision_log'::regclass
      AND (to_date(right(c.relname, 8), 'YYYYMMDD') + 1)::timestamp AT TIME ZONE 'UTC' <= before
    ORDER BY c.relname
  LOOP
    EXECUTE format('DROP TABLE %I', partition);
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END
$$;

REVOKE ALL ON FUNCTION ensure_decision_day(date), drop_decision_days(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_decision_day(date), drop_decision_days(timestamptz) TO switchyard_routing;
GRANT SELECT, INSERT ON decision_log TO switchyard_routing;
