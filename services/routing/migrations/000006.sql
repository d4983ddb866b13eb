-- Requests that came with an idempotency key, and what they were answered: the same key gives the same answer, charged once.
CREATE TABLE idempotency_keys (
  tenant text NOT NULL,
  -- SHA-256 of the key: the key itself is part of what the answer is encrypted with.
  key_digest bytea NOT NULL CHECK (octet_length(key_digest) = 32),
  -- SHA-256 of the request: another one must not get this answer.
  request_digest bytea NOT NULL CHECK (octet_length(request_digest) = 32),
  -- Whoever answers knows this id; nobody else may end the row.
  claim_id uuid NOT NULL,
  -- in_flight: under way, or its replica is gone and nobody knows. answered: see answer. broken: it was charged for, but there
  -- is no whole answer to give again.
  state text NOT NULL DEFAULT 'in_flight' CHECK (state IN ('in_flight', 'answered', 'broken')),
  -- Encrypted (AES-256-GCM).
  answer bytea CHECK ((answer IS NOT NULL) = (state = 'answered')),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, key_digest)
);
-- Old rows are removed in this order.
CREATE INDEX idempotency_keys_expires_at ON idempotency_keys (expires_at);

ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON idempotency_keys
  USING (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on')
  WITH CHECK (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on');

GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO switchyard_routing;
