-- Seals of the ledger's days: what a day had when it was two days old, and again whenever entries came late. Each seal also covers the one
-- before it, so that none can be taken out or changed without all after it.
CREATE TABLE ledger_seals (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  day date NOT NULL,
  entries bigint NOT NULL CHECK (entries >= 0),
  -- Sum of the amounts that are known.
  amount_nano_usd numeric NOT NULL,
  -- hash_ledger_day(day) then.
  hash bytea NOT NULL,
  -- SHA-256 of the chain of the seal before, the day, the entries, the amount and the hash.
  chain bytea NOT NULL,
  sealed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ledger_seals_of_day ON ledger_seals (day, id DESC);

-- Which entries a seal covers. They need not be trusted: only the entries that were sealed have the seal's hash.
CREATE TABLE ledger_seal_entries (
  seal bigint NOT NULL REFERENCES ledger_seals ON DELETE CASCADE,
  outbox_id text NOT NULL,
  sequences int8multirange NOT NULL,
  PRIMARY KEY (seal, outbox_id)
);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['ledger_seals', 'ledger_seal_entries'] LOOP
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
GRANT SELECT, INSERT ON ledger_seals, ledger_seal_entries TO switchyard_cost_accounting;

-- One hash over everything of a day that says who pays whom for what; with a seal only over the entries that it covers, as they are now.
-- In blocks of an outbox, so that no more than a block is in memory.
CREATE FUNCTION hash_ledger_day(of_day date, of_seal bigint DEFAULT NULL, OUT entries bigint, OUT amount_nano_usd numeric, OUT hash bytea)
LANGUAGE sql STABLE SET search_path = cost_accounting, pg_temp AS $$
  WITH blocks AS (
    SELECT outbox_id, sequence / 65536 AS block, count(*) AS entries, sum(l.amount_nano_usd) AS amount,
      sha256(string_agg(sha256(convert_to(ROW(
        outbox_id, sequence, (extract(epoch FROM occurred_at) * 1000000)::bigint, encode(digest, 'hex'), tenant, line, debit_account,
        credit_account, l.amount_nano_usd, components_nano_usd, price_version, request_id, attempt_id, provider, model, outcome
      )::text, 'UTF8')), ''::bytea ORDER BY sequence)) AS hash
    FROM ledger AS l WHERE occurred_on = of_day
      AND (of_seal IS NULL OR sequence <@ (
        SELECT sequences FROM ledger_seal_entries AS covered WHERE covered.seal = of_seal AND covered.outbox_id = l.outbox_id))
    GROUP BY 1, 2
  )
  SELECT coalesce(sum(entries), 0)::bigint, coalesce(sum(amount), 0),
    sha256(coalesce(string_agg(hash, ''::bytea ORDER BY outbox_id COLLATE "C", block), ''::bytea))
  FROM blocks
$$;

-- What a seal's chain must be, after the one before.
CREATE FUNCTION chain_of_seal(before bytea, of_day date, entries bigint, amount_nano_usd numeric, hash bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE SET search_path = cost_accounting, pg_temp AS $$
  SELECT sha256(convert_to(
    concat_ws('|', encode(before, 'hex'), to_char(of_day, 'YYYY-MM-DD'), entries, trim_scale(amount_nano_usd), encode(hash, 'hex')), 'UTF8'))
$$;

-- Seals a day as it is now. One at a time: each stands on the one before. Gives NULL, and seals nothing, where the entries that the day's last
-- seal covers are not what they were: what was changed is not sealed over. The contents and which entries they are of are one statement's.
CREATE FUNCTION seal_ledger_day(of_day date) RETURNS ledger_seals
LANGUAGE plpgsql SET search_path = cost_accounting, pg_temp AS $$
DECLARE
  former ledger_seals;
  made ledger_seals;
BEGIN
  PERFORM pg_advisory_xact_lock(7246012);
  SELECT * INTO former FROM ledger_seals WHERE day = of_day ORDER BY id DESC LIMIT 1;
  IF FOUND AND former.hash <> (SELECT hash FROM hash_ledger_day(of_day, former.id)) THEN
    RETURN NULL;
  END IF;
  WITH sealed AS (
    INSERT INTO ledger_seals (day, entries, amount_nano_usd, hash, chain)
    SELECT of_day, found.entries, found.amount_nano_usd, found.hash, chain_of_seal(
      coalesce((SELECT chain FROM ledger_seals ORDER BY id DESC LIMIT 1), ''::bytea),
      of_day, found.entries, found.amount_nano_usd, found.hash)
    FROM hash_ledger_day(of_day) AS found
    RETURNING *
  ), blocks AS (
    SELECT outbox_id, range_agg(int8range(sequence, sequence, '[]')) AS sequences
    FROM ledger WHERE occurred_on = of_day GROUP BY outbox_id, sequence / 65536
  ), covered AS (
    INSERT INTO ledger_seal_entries (seal, outbox_id, sequences)
    SELECT (SELECT id FROM sealed), outbox_id, range_agg(sequences) FROM blocks GROUP BY outbox_id
  )
  SELECT * INTO made FROM sealed;
  RETURN made;
END
$$;
REVOKE ALL ON FUNCTION hash_ledger_day(date, bigint), chain_of_seal(bytea, date, bigint, numeric, bytea), seal_ledger_day(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hash_ledger_day(date, bigint), chain_of_seal(bytea, date, bigint, numeric, bytea), seal_ledger_day(date)
  TO switchyard_cost_accounting;
