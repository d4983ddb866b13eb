-- Prices that were refreshed from the catalog's sources, before the operator's overlay; one row, which replicas lease.
CREATE TABLE price_refresh (
  id boolean PRIMARY KEY DEFAULT true CHECK (id),
  -- Until then the replica that began a refresh is left alone.
  leased_until timestamptz NOT NULL DEFAULT '-infinity',
  attempted_at timestamptz NOT NULL DEFAULT '-infinity',
  -- Why the last attempt changed nothing; '' where it succeeded.
  failure text NOT NULL DEFAULT '',
  refreshed_at timestamptz,
  -- Prices set aside by the last success.
  set_aside integer NOT NULL DEFAULT 0 CHECK (set_aside >= 0),
  -- SHA-256 of the bundled catalog's prices that they were compared with, hex: with another release's they do not count.
  bundled_digest text NOT NULL DEFAULT '',
  -- A GetPriceBookResponse with all of them; NULL before the first success.
  prices bytea
);
INSERT INTO price_refresh DEFAULT VALUES;
ALTER TABLE price_refresh ENABLE ROW LEVEL SECURITY;
ALTER TABLE price_refresh FORCE ROW LEVEL SECURITY;
CREATE POLICY of_system ON price_refresh
  USING (current_setting('switchyard.system', true) = 'on')
  WITH CHECK (current_setting('switchyard.system', true) = 'on');
GRANT SELECT, UPDATE ON price_refresh TO switchyard_cost_accounting;
