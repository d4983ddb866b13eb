-- Roll-ups of the ledger. Whatever inserts entries adds their sums to rollup_parts in the same transaction (a trigger with a transition
-- table: one aggregate a statement, no row that two writers wait for). A job folds parts into hours, days and labels: it deletes exactly
-- the parts that it adds, so that one that is committed late is only folded later. A question adds up what is folded and what is not,
-- in one snapshot: it never sees an entry twice or not at all.

-- What two entries must have in common to be one sum.
CREATE TABLE rollup_parts (
  hour timestamptz NOT NULL,
  tenant text NOT NULL,
  provider text NOT NULL,
  model text NOT NULL,
  key_id text NOT NULL,
  service text NOT NULL,
  agent text NOT NULL,
  workflow text NOT NULL,
  line text NOT NULL,
  purpose text NOT NULL,
  labels jsonb NOT NULL,
  entries bigint NOT NULL,
  requests bigint NOT NULL,
  -- Requests that were answered, by a provider or from the cache.
  succeeded bigint NOT NULL,
  attempts bigint NOT NULL,
  successes bigint NOT NULL,
  cached bigint NOT NULL,
  -- Entries whose amount is unknown.
  unpriced bigint NOT NULL,
  input bigint NOT NULL,
  output bigint NOT NULL,
  cache_read bigint NOT NULL,
  cache_write bigint NOT NULL,
  reasoning bigint NOT NULL,
  -- Attempts whose duration is known, and the sum of these.
  timed bigint NOT NULL,
  latency_us numeric NOT NULL,
  -- Nano-USD.
  cost numeric NOT NULL,
  saved numeric NOT NULL
);

CREATE TABLE rollup_hours (LIKE rollup_parts);
ALTER TABLE rollup_hours
  DROP COLUMN key_id, DROP COLUMN service, DROP COLUMN agent, DROP COLUMN workflow, DROP COLUMN labels,
  ADD PRIMARY KEY (tenant, hour, provider, model, line, purpose);
CREATE INDEX rollup_hours_in_time ON rollup_hours USING brin (hour) WITH (pages_per_range = 16);

CREATE TABLE rollup_days (LIKE rollup_parts);
ALTER TABLE rollup_days RENAME COLUMN hour TO day;
ALTER TABLE rollup_days ALTER COLUMN day TYPE date;
ALTER TABLE rollup_days
  DROP COLUMN labels,
  ADD PRIMARY KEY (tenant, day, provider, model, key_id, service, agent, workflow, line, purpose);
CREATE INDEX rollup_days_in_time ON rollup_days USING brin (day) WITH (pages_per_range = 16);

-- By one label at a time: an entry is in it once for each of its labels.
CREATE TABLE rollup_labels (LIKE rollup_hours);
ALTER TABLE rollup_labels RENAME COLUMN hour TO day;
ALTER TABLE rollup_labels ALTER COLUMN day TYPE date;
ALTER TABLE rollup_labels
  ADD COLUMN name text NOT NULL,
  ADD COLUMN value text NOT NULL,
  ADD PRIMARY KEY (tenant, name, day, value, provider, model, line, purpose);

-- What callers say of themselves (service, agent, workflow, 'label:' names and values) is bounded: the first 1,000 values of a tenant and day
-- are kept apart, what comes after them is '(other)'.
CREATE TABLE rollup_values (
  tenant text NOT NULL,
  day date NOT NULL,
  dimension text NOT NULL,
  value text NOT NULL,
  PRIMARY KEY (tenant, day, dimension, value)
);

ALTER TABLE rollup_parts SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000);
ALTER TABLE rollup_hours SET (fillfactor = 70);
ALTER TABLE rollup_days SET (fillfactor = 70);
ALTER TABLE rollup_labels SET (fillfactor = 70);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['rollup_parts', 'rollup_hours', 'rollup_days', 'rollup_labels', 'rollup_values'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY of_tenant ON %I
         USING (tenant = current_setting(''switchyard.tenant'', true) OR current_setting(''switchyard.system'', true) = ''on'')
         WITH CHECK (tenant = current_setting(''switchyard.tenant'', true) OR current_setting(''switchyard.system'', true) = ''on'')',
      name);
  END LOOP;
END
$$;
GRANT SELECT, INSERT, DELETE ON rollup_parts TO switchyard_cost_accounting;
GRANT SELECT, INSERT, UPDATE ON rollup_hours, rollup_days, rollup_labels TO switchyard_cost_accounting;
GRANT SELECT, INSERT ON rollup_values TO switchyard_cost_accounting;

CREATE FUNCTION roll_up_entries() RETURNS trigger
LANGUAGE plpgsql SET search_path = cost_accounting, pg_temp AS $$
BEGIN
  INSERT INTO rollup_parts
  SELECT date_trunc('hour', occurred_at, 'UTC'), tenant, provider, model, key_id, service, agent, workflow, line, purpose, labels,
    count(*), count(request_outcome),
    count(*) FILTER (WHERE request_outcome IN ('complete', 'fallback_success', 'cached')),
    count(*) FILTER (WHERE cache = '' AND line IN ('charge', 'waste', 'unresolved')),
    count(*) FILTER (WHERE cache = '' AND line IN ('charge', 'waste', 'unresolved') AND outcome = 'ok'),
    count(*) FILTER (WHERE cache <> ''), count(*) - count(amount_nano_usd),
    coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0), coalesce(sum(cache_read_tokens), 0),
    coalesce(sum(cache_write_tokens), 0), coalesce(sum(reasoning_tokens), 0),
    count(duration_us) FILTER (WHERE cache = ''), coalesce(sum(duration_us) FILTER (WHERE cache = ''), 0),
    coalesce(sum(amount_nano_usd), 0), coalesce(sum(saved_nano_usd), 0)
  FROM entries_now
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11;
  RETURN NULL;
END
$$;
CREATE TRIGGER roll_up_entries AFTER INSERT ON ledger
  REFERENCING NEW TABLE AS entries_now FOR EACH STATEMENT EXECUTE FUNCTION roll_up_entries();

-- The ends of a period that no roll-up has are read from the ledger: a few pages of a day.
CREATE INDEX ledger_in_time ON ledger USING brin (occurred_at) WITH (pages_per_range = 32);

-- What is booked already.
SELECT set_config('switchyard.system', 'on', true);
INSERT INTO rollup_parts
SELECT date_trunc('hour', occurred_at, 'UTC'), tenant, provider, model, key_id, service, agent, workflow, line, purpose, labels,
  count(*), count(request_outcome),
  count(*) FILTER (WHERE request_outcome IN ('complete', 'fallback_success', 'cached')),
  count(*) FILTER (WHERE cache = '' AND line IN ('charge', 'waste', 'unresolved')),
  count(*) FILTER (WHERE cache = '' AND line IN ('charge', 'waste', 'unresolved') AND outcome = 'ok'),
  count(*) FILTER (WHERE cache <> ''), count(*) - count(amount_nano_usd),
  coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0), coalesce(sum(cache_read_tokens), 0),
  coalesce(sum(cache_write_tokens), 0), coalesce(sum(reasoning_tokens), 0),
  count(duration_us) FILTER (WHERE cache = ''), coalesce(sum(duration_us) FILTER (WHERE cache = ''), 0),
  coalesce(sum(amount_nano_usd), 0), coalesce(sum(saved_nano_usd), 0)
FROM ledger
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11;

-- Numbers of entries whose days are no longer kept, so that watermarks can still be computed again.
CREATE TABLE forgotten_numbers (
  outbox_id text PRIMARY KEY,
  committed int8multirange NOT NULL,
  entries bigint NOT NULL
);
ALTER TABLE forgotten_numbers ENABLE ROW LEVEL SECURITY;
ALTER TABLE forgotten_numbers FORCE ROW LEVEL SECURITY;
CREATE POLICY of_system ON forgotten_numbers
  USING (current_setting('switchyard.system', true) = 'on')
  WITH CHECK (current_setting('switchyard.system', true) = 'on');

-- Days whose entries were dropped.
CREATE TABLE forgotten_days (
  day date PRIMARY KEY,
  forgotten_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE forgotten_days ENABLE ROW LEVEL SECURITY;
ALTER TABLE forgotten_days FORCE ROW LEVEL SECURITY;
CREATE POLICY of_system ON forgotten_days
  USING (current_setting('switchyard.system', true) = 'on')
  WITH CHECK (current_setting('switchyard.system', true) = 'on');
GRANT SELECT ON forgotten_days TO switchyard_cost_accounting;

-- Drops the entries of a day that is older than any window of a budget and any month that may still be charged back. Roll-ups stay.
CREATE FUNCTION forget_ledger_day(day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = cost_accounting, pg_temp SET switchyard.system = 'on' SET lock_timeout = '2s' AS $$
DECLARE
  partition text := 'ledger_' || to_char(day, 'YYYYMMDD');
BEGIN
  IF day > (now() AT TIME ZONE 'UTC')::date - 62 THEN
    RAISE EXCEPTION 'the ledger of % is kept for 62 days', day USING ERRCODE = 'datetime_field_overflow';
  END IF;
  PERFORM pg_advisory_xact_lock(7246002);
  IF NOT EXISTS (SELECT FROM pg_class WHERE relname = partition AND relnamespace = 'cost_accounting'::regnamespace) THEN
    RETURN false;
  END IF;
  -- No entry may come between counting and dropping.
  EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', partition);
  EXECUTE format(
    'INSERT INTO forgotten_numbers AS known (outbox_id, committed, entries)
     SELECT outbox_id, range_agg(int8range(sequence, sequence, ''[]'')), count(*) FROM %I GROUP BY outbox_id
     ON CONFLICT (outbox_id) DO UPDATE
     SET committed = known.committed + excluded.committed, entries = known.entries + excluded.entries', partition);
  EXECUTE format('DROP TABLE %I', partition);
  INSERT INTO forgotten_days VALUES (forget_ledger_day.day) ON CONFLICT ON CONSTRAINT forgotten_days_pkey DO NOTHING;
  RETURN true;
END
$$;

CREATE OR REPLACE FUNCTION recompute_outboxes() RETURNS void
LANGUAGE plpgsql SET search_path = cost_accounting, pg_temp SET switchyard.system = 'on' AS $$
BEGIN
  LOCK TABLE outboxes IN SHARE ROW EXCLUSIVE MODE;
  WITH numbered AS (
    SELECT outbox_id, range_agg(int8range(sequence, sequence, '[]')) AS numbers, count(*) AS entries FROM ledger GROUP BY outbox_id
    UNION ALL
    SELECT outbox_id, range_agg(int8range(sequence, sequence, '[]')), 0 FROM quarantine
    WHERE outbox_id IS NOT NULL AND sequence IS NOT NULL GROUP BY outbox_id
    UNION ALL
    SELECT outbox_id, committed, entries FROM forgotten_numbers
  ), found AS (
    SELECT outbox_id, range_agg(one) AS committed FROM numbered, unnest(numbers) AS one GROUP BY outbox_id
  ), counted AS (
    SELECT outbox_id, sum(entries) AS entries FROM numbered GROUP BY outbox_id
  ), marked AS (
    SELECT outbox_id, committed, entries,
      coalesce((SELECT upper(one) - 1 FROM unnest(committed) AS one WHERE lower(one) = 1), 0) AS watermark
    FROM found JOIN counted USING (outbox_id)
  )
  INSERT INTO outboxes AS known (outbox_id, committed_sequence, ahead, entries)
  SELECT outbox_id, watermark, committed - int8multirange(int8range(1, watermark + 1)), entries FROM marked
  ON CONFLICT (outbox_id) DO UPDATE
  SET committed_sequence = excluded.committed_sequence, ahead = excluded.ahead, entries = excluded.entries, updated_at = now();
END
$$;
REVOKE ALL ON FUNCTION roll_up_entries(), forget_ledger_day(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION roll_up_entries(), forget_ledger_day(date) TO switchyard_cost_accounting;
