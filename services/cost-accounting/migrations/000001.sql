-- The ledger: one immutable transfer per row, from the account that pays to the account that receives, with what was
-- used beside it, so that a summary reads one table. One partition per UTC day of occurred_at.
CREATE TABLE ledger (
  -- (outbox_id, sequence) is the entry's identity, wherever and however often its record is sent.
  outbox_id text NOT NULL,
  sequence bigint NOT NULL CHECK (sequence > 0),
  occurred_on date NOT NULL,
  occurred_at timestamptz NOT NULL,
  -- SHA-256 of the record's bytes: the same number with another digest is an alarm.
  digest bytea NOT NULL,
  tenant text NOT NULL CHECK (tenant <> ''),
  line text NOT NULL CHECK (line IN ('charge', 'waste', 'unresolved')),
  debit_account text NOT NULL,
  credit_account text NOT NULL CHECK (credit_account <> debit_account),
  -- NULL: the cost is unknown. Never 0 for that.
  amount_nano_usd bigint CHECK (amount_nano_usd >= 0),
  components_nano_usd jsonb NOT NULL,
  hold_nano_usd bigint,
  price_version text NOT NULL,
  prices jsonb,
  request_id text NOT NULL,
  attempt_id uuid NOT NULL,
  attempt_index integer NOT NULL,
  agent text NOT NULL,
  workflow text NOT NULL,
  service text NOT NULL,
  key_id text NOT NULL,
  labels jsonb NOT NULL,
  provider text NOT NULL,
  model text NOT NULL,
  requested_model text NOT NULL,
  purpose text NOT NULL,
  outcome text NOT NULL,
  -- Only on the last attempt of a request: whoever counts requests counts these.
  request_outcome text,
  input_tokens bigint,
  cache_read_tokens bigint,
  cache_write_tokens bigint,
  cache_write_1h_tokens bigint,
  output_tokens bigint,
  reasoning_tokens bigint,
  input_audio_tokens bigint,
  output_audio_tokens bigint,
  estimated boolean NOT NULL,
  -- NULL for an attempt whose end is not known.
  duration_us bigint,
  first_token_us bigint,
  overhead_us bigint NOT NULL,
  stream boolean NOT NULL,
  replica text NOT NULL,
  region text NOT NULL,
  http_status integer NOT NULL,
  simulated boolean NOT NULL,
  traceparent text NOT NULL,
  CHECK (occurred_on = (occurred_at AT TIME ZONE 'UTC')::date),
  PRIMARY KEY (outbox_id, sequence, occurred_on)
) PARTITION BY RANGE (occurred_on);

-- Summaries and lists of one tenant; the list's order is the whole index, read backwards.
CREATE INDEX ledger_of_tenant ON ledger (tenant, occurred_at, outbox_id, sequence);
CREATE INDEX ledger_of_request ON ledger (request_id);

ALTER TABLE ledger ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger FORCE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON ledger
  USING (tenant = current_setting('switchyard.tenant', true) OR current_setting('switchyard.system', true) = 'on')
  WITH CHECK (tenant = current_setting('switchyard.tenant', true) OR current_setting('switchyard.system', true) = 'on');

-- Makes the partition of a day. The service may not own tables, so it may call this, and nothing else of the kind.
-- A new table is attached: unlike CREATE TABLE … PARTITION OF, that does not lock out readers and writers of the ledger.
CREATE FUNCTION ensure_ledger_day(day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = cost_accounting, pg_temp AS $$
DECLARE
  partition text := 'ledger_' || to_char(day, 'YYYYMMDD');
BEGIN
  IF day < DATE '2020-01-01' OR day > (now() AT TIME ZONE 'UTC')::date + 31 THEN
    RAISE EXCEPTION 'no ledger is kept for %', day USING ERRCODE = 'datetime_field_overflow';
  END IF;
  PERFORM pg_advisory_xact_lock(7246002);
  -- Not to_regclass: it may answer from a cache that waiting for this lock does not refresh.
  IF EXISTS (SELECT FROM pg_class WHERE relname = partition AND relnamespace = 'cost_accounting'::regnamespace) THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE TABLE %I (LIKE ledger INCLUDING ALL)', partition);
  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', partition);
  EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', partition);
  EXECUTE format(
    'CREATE POLICY of_tenant ON %I
       USING (tenant = current_setting(''switchyard.tenant'', true) OR current_setting(''switchyard.system'', true) = ''on'')
       WITH CHECK (tenant = current_setting(''switchyard.tenant'', true) OR current_setting(''switchyard.system'', true) = ''on'')',
    partition);
  EXECUTE format('ALTER TABLE ledger ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', partition, day, day + 1);
END
$$;

-- How far the ledger has each outbox. Changed only in the transaction that writes the records themselves.
CREATE TABLE outboxes (
  outbox_id text PRIMARY KEY,
  -- The watermark: every record up to this number is in the ledger or in quarantine.
  committed_sequence bigint NOT NULL DEFAULT 0 CHECK (committed_sequence >= 0),
  -- Numbers above the first gap that are committed too. Empty nearly always.
  ahead int8multirange NOT NULL DEFAULT '{}',
  -- How many of them are ledger entries; the rest is in quarantine.
  entries bigint NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

-- What replicas say of their outboxes. A table of its own: the exchange never waits for an ingest transaction.
CREATE TABLE outbox_reports (
  outbox_id text PRIMARY KEY,
  replica text NOT NULL,
  last_sequence bigint NOT NULL CHECK (last_sequence >= 0),
  closed boolean NOT NULL,
  seen_at timestamptz NOT NULL
) WITH (fillfactor = 50);

-- What could not be booked, kept whole. outbox_id and sequence are NULL where not even they could be read.
CREATE TABLE quarantine (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  outbox_id text,
  sequence bigint,
  digest bytea NOT NULL,
  reason text NOT NULL,
  detail text NOT NULL,
  payload bytea NOT NULL,
  quarantined_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE NULLS NOT DISTINCT (outbox_id, sequence, digest)
);

-- Price books: every version is kept, and is never changed.
CREATE TABLE price_books (
  -- Grows with every change and sorts as text.
  version text PRIMARY KEY,
  -- SHA-256 of the catalog's prices that it was made from, hex.
  catalog_digest text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Nano-USD per million units; NULL is unknown.
CREATE TABLE prices (
  version text NOT NULL REFERENCES price_books,
  provider text NOT NULL,
  model text NOT NULL,
  input bigint CHECK (input >= 0),
  output bigint CHECK (output >= 0),
  cache_read bigint CHECK (cache_read >= 0),
  cache_write bigint CHECK (cache_write >= 0),
  cache_write_1h bigint CHECK (cache_write_1h >= 0),
  reasoning bigint CHECK (reasoning >= 0),
  input_audio bigint CHECK (input_audio >= 0),
  output_audio bigint CHECK (output_audio >= 0),
  request bigint CHECK (request >= 0),
  source text NOT NULL,
  PRIMARY KEY (version, provider, model)
);

-- These tables belong to no tenant: only the service's own work sees them.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['outboxes', 'outbox_reports', 'quarantine', 'price_books', 'prices'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY of_system ON %I
         USING (current_setting(''switchyard.system'', true) = ''on'')
         WITH CHECK (current_setting(''switchyard.system'', true) = ''on'')',
      name);
  END LOOP;
END
$$;

-- For the operator, as the owner: computes every watermark again from the entries and the quarantine.
CREATE FUNCTION recompute_outboxes() RETURNS void
LANGUAGE plpgsql SET search_path = cost_accounting, pg_temp SET switchyard.system = 'on' AS $$
BEGIN
  LOCK TABLE outboxes IN SHARE ROW EXCLUSIVE MODE;
  WITH numbered AS (
    SELECT outbox_id, sequence, true AS is_entry FROM ledger
    UNION ALL
    SELECT outbox_id, sequence, false FROM quarantine WHERE outbox_id IS NOT NULL AND sequence IS NOT NULL
  ), found AS (
    SELECT outbox_id, range_agg(int8range(sequence, sequence, '[]')) AS committed, count(*) FILTER (WHERE is_entry) AS entries
    FROM numbered GROUP BY outbox_id
  ), marked AS (
    SELECT outbox_id, committed, entries,
      coalesce((SELECT upper(one) - 1 FROM unnest(committed) AS one WHERE lower(one) = 1), 0) AS watermark
    FROM found
  )
  INSERT INTO outboxes AS known (outbox_id, committed_sequence, ahead, entries)
  SELECT outbox_id, watermark, committed - int8multirange(int8range(1, watermark + 1)), entries FROM marked
  ON CONFLICT (outbox_id) DO UPDATE
  SET committed_sequence = excluded.committed_sequence, ahead = excluded.ahead, entries = excluded.entries, updated_at = now();
END
$$;

REVOKE ALL ON FUNCTION ensure_ledger_day(date), recompute_outboxes() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_ledger_day(date) TO switchyard_cost_accounting;
-- Append-only: nobody but the owner can change or delete what is booked.
GRANT SELECT, INSERT ON ledger, quarantine, price_books, prices TO switchyard_cost_accounting;
GRANT SELECT, INSERT, UPDATE ON outboxes, outbox_reports TO switchyard_cost_accounting;
