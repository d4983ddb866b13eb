-- Lines of batches that are given to providers as their own batches.
ALTER TABLE batches
  ADD COLUMN provider_batches text NOT NULL DEFAULT 'auto' CHECK (provider_batches IN ('auto', 'on', 'off')),
  -- Who comes next may take over at this moment, where leased_until is 'infinity': so it stays for a batch with lines at a provider, and the
  -- version before, which would tell those lines as interrupted, leaves it alone.
  ADD COLUMN resumable_at timestamptz;

CREATE TABLE provider_batches (
  tenant text NOT NULL,
  id uuid PRIMARY KEY,
  batch_id uuid NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
  -- Key of the provider in the configuration, and the endpoint by which it was reached; '' for none of its own.
  provider text NOT NULL,
  endpoint text NOT NULL,
  model text NOT NULL,
  -- An OfferingPrice: the batch prices that its lines are charged by.
  prices bytea NOT NULL,
  price_version text NOT NULL,
  -- prepared: whether the provider has it is not known.
  state text NOT NULL DEFAULT 'prepared' CHECK (state IN ('prepared', 'submitted', 'ended')),
  -- The provider's id of it.
  remote_id text,
  lines integer NOT NULL,
  -- Lines that came back unanswered.
  returned integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  cancelled_at timestamptz
);
CREATE INDEX provider_batches_of ON provider_batches (batch_id);
CREATE INDEX provider_batches_remote ON provider_batches (remote_id) WHERE remote_id IS NOT NULL;

ALTER TABLE batch_lines
  -- While the line runs: in which of them.
  ADD COLUMN provider_batch_id uuid,
  -- A UsageRecord: what was set aside for it.
  ADD COLUMN reservation bytea,
  -- A Decision: why it went there.
  ADD COLUMN decision bytea;

ALTER TABLE provider_batches ENABLE ROW LEVEL SECURITY;
ALTER TABLE provider_batches FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON provider_batches
  USING (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on')
  WITH CHECK (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on');
GRANT SELECT, INSERT, UPDATE, DELETE ON provider_batches TO switchyard_routing;
