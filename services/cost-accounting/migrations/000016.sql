-- An answer that has cost more than was held for it is of a call like others. The version before books none as such.
CREATE OR REPLACE FUNCTION roll_up_entries() RETURNS trigger
LANGUAGE plpgsql SET search_path = cost_accounting, pg_temp AS $$
BEGIN
  INSERT INTO rollup_parts
  SELECT date_trunc('hour', occurred_at, 'UTC'), tenant, provider, model, key_id, service, agent, workflow, line, purpose, labels,
    count(*), count(request_outcome),
    count(*) FILTER (WHERE request_outcome IN ('complete', 'fallback_success', 'cached')),
    count(*) FILTER (WHERE cache = '' AND line IN ('charge', 'waste', 'unresolved', 'overdraft')),
    count(*) FILTER (WHERE cache = '' AND line IN ('charge', 'waste', 'unresolved', 'overdraft') AND outcome = 'ok'),
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
