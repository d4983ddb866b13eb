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

ALTER TABLE ledger_seals ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_seals FORCE ROW LEVEL SECURITY;
CREATE POLICY of_system ON ledger_seals
  USING (current_setting('switchyard.system', true) = 'on')
  WITH CHECK (current_setting('switchyard.system', true) = 'on');
GRANT SELECT, INSERT ON ledger_seals TO switchyard_cost_accounting;

-- One hash over everything of a day that says who pays whom for what. In blocks of an outbox, so that no more than a block is in memory.
CREATE FUNCTION hash_ledger_day(of_day date, OUT entries bigint, OUT amount_nano_usd numeric, OUT hash bytea)
LANGUAGE sql STABLE SET search_path = cost_accounting, pg_temp AS $$
  WITH blocks AS (
    SELECT outbox_id, sequence / 65536 AS block, count(*) AS entries, sum(l.amount_nano_usd) AS amount,
      sha256(string_agg(sha256(convert_to(ROW(
        outbox_id, sequence, (extract(epoch FROM occurred_at) * 1000000)::bigint, encode(digest, 'hex'), tenant, line, debit_account,
        credit_account, l.amount_nano_usd, components_nano_usd, price_version, request_id, attempt_id, provider, model, outcome
      )::text, 'UTF8')), ''::bytea ORDER BY sequence)) AS hash
    FROM ledger AS l WHERE occurred_on = of_day GROUP BY 1, 2
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

-- Seals a day as it is now. One at a time: each stands on the one before.
CREATE FUNCTION seal_ledger_day(of_day date) RETURNS ledger_seals
LANGUAGE plpgsql SET search_path = cost_accounting, pg_temp AS $$
DECLARE
  found record;
  before bytea;
  made ledger_seals;
BEGIN
  PERFORM pg_advisory_xact_lock(7246012);
  SELECT * INTO found FROM hash_ledger_day(of_day);
  SELECT chain INTO before FROM ledger_seals ORDER BY id DESC LIMIT 1;
  INSERT INTO ledger_seals (day, entries, amount_nano_usd, hash, chain)
  VALUES (of_day, found.entries, found.amount_nano_usd, found.hash,
    chain_of_seal(coalesce(before, ''::bytea), of_day, found.entries, found.amount_nano_usd, found.hash))
  RETURNING * INTO made;
  RETURN made;
END
$$;
REVOKE ALL ON FUNCTION hash_ledger_day(date), chain_of_seal(bytea, date, bigint, numeric, bytea), seal_ledger_day(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hash_ledger_day(date), chain_of_seal(bytea, date, bigint, numeric, bytea), seal_ledger_day(date)
  TO switchyard_cost_accounting;
