-- What the whole installation used, by hour and by day: a month of it is some thousand rows, however many tenants there are. Whoever folds
-- parts deletes them, in this version as in the one before: a trigger adds up what is deleted, so that both keep these.
CREATE TABLE rollup_installation_hours (LIKE rollup_hours);
ALTER TABLE rollup_installation_hours
  DROP COLUMN tenant,
  ADD PRIMARY KEY (hour, provider, model, line, purpose);
CREATE TABLE rollup_installation_days (LIKE rollup_installation_hours);
ALTER TABLE rollup_installation_days RENAME COLUMN hour TO day;
ALTER TABLE rollup_installation_days
  ALTER COLUMN day TYPE date,
  ADD PRIMARY KEY (day, provider, model, line, purpose);
ALTER TABLE rollup_installation_hours SET (fillfactor = 50);
ALTER TABLE rollup_installation_days SET (fillfactor = 50);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['rollup_installation_hours', 'rollup_installation_days'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY of_system ON %I
         USING ((SELECT current_setting(''switchyard.system'', true)) = ''on'')
         WITH CHECK ((SELECT current_setting(''switchyard.system'', true)) = ''on'')',
      name);
  END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE ON rollup_installation_hours, rollup_installation_days TO switchyard_cost_accounting;

CREATE FUNCTION roll_up_installation() RETURNS trigger
LANGUAGE plpgsql SET search_path = cost_accounting, pg_temp AS $$
BEGIN
  INSERT INTO rollup_installation_hours AS known (hour, provider, model, line, purpose,
    entries, requests, succeeded, attempts, successes, cached, unpriced, input, output, cache_read, cache_write, reasoning, timed,
    latency_us, cost, saved)
  SELECT hour, provider, model, line, purpose,
    sum(entries), sum(requests), sum(succeeded), sum(attempts), sum(successes), sum(cached), sum(unpriced), sum(input),
    sum(output), sum(cache_read), sum(cache_write), sum(reasoning), sum(timed), sum(latency_us), sum(cost), sum(saved)
  FROM folded GROUP BY 1, 2, 3, 4, 5
  ON CONFLICT (hour, provider, model, line, purpose) DO UPDATE
  SET entries = known.entries + excluded.entries, requests = known.requests + excluded.requests,
    succeeded = known.succeeded + excluded.succeeded, attempts = known.attempts + excluded.attempts,
    successes = known.successes + excluded.successes, cached = known.cached + excluded.cached,
    unpriced = known.unpriced + excluded.unpriced, input = known.input + excluded.input, output = known.output + excluded.output,
    cache_read = known.cache_read + excluded.cache_read, cache_write = known.cache_write + excluded.cache_write,
    reasoning = known.reasoning + excluded.reasoning, timed = known.timed + excluded.timed,
    latency_us = known.latency_us + excluded.latency_us, cost = known.cost + excluded.cost, saved = known.saved + excluded.saved;
  INSERT INTO rollup_installation_days AS known (day, provider, model, line, purpose,
    entries, requests, succeeded, attempts, successes, cached, unpriced, input, output, cache_read, cache_write, reasoning, timed,
    latency_us, cost, saved)
  SELECT (hour AT TIME ZONE 'UTC')::date, provider, model, line, purpose,
    sum(entries), sum(requests), sum(succeeded), sum(attempts), sum(successes), sum(cached), sum(unpriced), sum(input),
    sum(output), sum(cache_read), sum(cache_write), sum(reasoning), sum(timed), sum(latency_us), sum(cost), sum(saved)
  FROM folded GROUP BY 1, 2, 3, 4, 5
  ON CONFLICT (day, provider, model, line, purpose) DO UPDATE
  SET entries = known.entries + excluded.entries, requests = known.requests + excluded.requests,
    succeeded = known.succeeded + excluded.succeeded, attempts = known.attempts + excluded.attempts,
    successes = known.successes + excluded.successes, cached = known.cached + excluded.cached,
    unpriced = known.unpriced + excluded.unpriced, input = known.input + excluded.input, output = known.output + excluded.output,
    cache_read = known.cache_read + excluded.cache_read, cache_write = known.cache_write + excluded.cache_write,
    reasoning = known.reasoning + excluded.reasoning, timed = known.timed + excluded.timed,
    latency_us = known.latency_us + excluded.latency_us, cost = known.cost + excluded.cost, saved = known.saved + excluded.saved;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION roll_up_installation() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION roll_up_installation() TO switchyard_cost_accounting;

-- What is folded already. Nobody folds meanwhile (the lock is that of `ADVISORY_LOCKS.rollups`); usage is booked on until the trigger is made.
SELECT pg_advisory_xact_lock(7246004);
SELECT set_config('switchyard.system', 'on', true);
INSERT INTO rollup_installation_hours (hour, provider, model, line, purpose,
  entries, requests, succeeded, attempts, successes, cached, unpriced, input, output, cache_read, cache_write, reasoning, timed,
  latency_us, cost, saved)
SELECT hour, provider, model, line, purpose,
  sum(entries), sum(requests), sum(succeeded), sum(attempts), sum(successes), sum(cached), sum(unpriced), sum(input), sum(output),
  sum(cache_read), sum(cache_write), sum(reasoning), sum(timed), sum(latency_us), sum(cost), sum(saved)
FROM rollup_hours GROUP BY 1, 2, 3, 4, 5;
INSERT INTO rollup_installation_days (day, provider, model, line, purpose,
  entries, requests, succeeded, attempts, successes, cached, unpriced, input, output, cache_read, cache_write, reasoning, timed,
  latency_us, cost, saved)
SELECT (hour AT TIME ZONE 'UTC')::date, provider, model, line, purpose,
  sum(entries), sum(requests), sum(succeeded), sum(attempts), sum(successes), sum(cached), sum(unpriced), sum(input), sum(output),
  sum(cache_read), sum(cache_write), sum(reasoning), sum(timed), sum(latency_us), sum(cost), sum(saved)
FROM rollup_installation_hours GROUP BY 1, 2, 3, 4, 5;
CREATE TRIGGER roll_up_installation AFTER DELETE ON rollup_parts
  REFERENCING OLD TABLE AS folded FOR EACH STATEMENT EXECUTE FUNCTION roll_up_installation();

-- Whose rows are seen is asked once a statement, not once a row.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['rollup_parts', 'rollup_hours', 'rollup_days', 'rollup_labels', 'rollup_values'] LOOP
    EXECUTE format(
      'ALTER POLICY of_tenant ON %I
         USING (tenant = (SELECT current_setting(''switchyard.tenant'', true)) OR (SELECT current_setting(''switchyard.system'', true)) = ''on'')
         WITH CHECK (tenant = (SELECT current_setting(''switchyard.tenant'', true)) OR (SELECT current_setting(''switchyard.system'', true)) = ''on'')',
      name);
  END LOOP;
END
$$;

-- Windows of budgets that are over are forgotten, with what replicas had of them and what they reached.
GRANT DELETE ON budget_windows TO switchyard_cost_accounting;
