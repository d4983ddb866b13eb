-- What is charged in place of the price book's prices: never changed but ended, so that what was charged can be told.
CREATE TABLE price_terms (
  id text COLLATE "C" PRIMARY KEY,
  description text NOT NULL,
  -- Whose calls of what; '' is all.
  tenant text NOT NULL,
  provider text NOT NULL,
  model text NOT NULL,
  effective_from timestamptz(3) NOT NULL,
  -- NULL: never.
  effective_until timestamptz(3),
  -- As their messages.
  windows jsonb NOT NULL,
  time_zone text NOT NULL,
  discount_ppm integer NOT NULL CHECK (discount_ppm BETWEEN 0 AND 1000000),
  prices jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

-- How many times terms were changed; one row.
CREATE TABLE price_terms_version (
  id boolean PRIMARY KEY DEFAULT true CHECK (id),
  version bigint NOT NULL DEFAULT 0
);
INSERT INTO price_terms_version DEFAULT VALUES;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['price_terms', 'price_terms_version'] LOOP
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

GRANT SELECT, INSERT, UPDATE ON price_terms TO switchyard_cost_accounting;
GRANT SELECT, UPDATE ON price_terms_version TO switchyard_cost_accounting;
