-- Prices for requests with more input, smallest threshold first: PriceTier messages as proto JSON, int64 as text.
-- Versions from before have none: the catalog's new digest makes a version that has them.
ALTER TABLE prices ADD COLUMN tiers jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(tiers) = 'array');
