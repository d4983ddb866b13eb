-- The app's role owns nothing here, and every table forces row-level security: a transaction that does not say for whom it
-- works (switchyard.tenant or switchyard.system) sees and changes no row. The owner of the installation's rows is the word
-- 'installation', because a setting that an earlier transaction had set reads as '' afterwards.

CREATE TABLE secrets (
  tenant text COLLATE "C" NOT NULL CHECK (tenant <> ''),
  id text COLLATE "C" NOT NULL CHECK (id ~ '^[a-z0-9_./-]{1,128}$'),
  -- Goes on growing when a deleted secret is stored again: an old ciphertext must never fit a new record.
  version bigint NOT NULL CHECK (version > 0),
  allowed_origins text[] NOT NULL DEFAULT '{}',
  -- All of the envelope, or nothing of it once the secret is deleted.
  kek_id text,
  wrap_nonce bytea CHECK (octet_length(wrap_nonce) = 12),
  wrapped_key bytea CHECK (octet_length(wrapped_key) = 48),
  nonce bytea CHECK (octet_length(nonce) = 12),
  ciphertext bytea CHECK (octet_length(ciphertext) BETWEEN 17 AND 65552),
  updated_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant, id),
  CHECK (num_nulls(kek_id, wrap_nonce, wrapped_key, nonce, ciphertext) IN (0, 5))
);
-- Records that wait for a re-wrap are found without reading the others.
CREATE INDEX secrets_by_kek ON secrets (kek_id) WHERE kek_id IS NOT NULL;

CREATE TABLE api_keys (
  id text COLLATE "C" PRIMARY KEY,
  -- Who may see and end it: 'installation' for a key of the installation, else the tenant it acts for.
  tenant text COLLATE "C" NOT NULL CHECK (tenant <> ''),
  acts_for text COLLATE "C" NOT NULL CHECK (acts_for <> ''),
  name text NOT NULL CHECK (name <> ''),
  role text NOT NULL CHECK (role IN ('admin', 'agent', 'viewer', 'service')),
  installation boolean NOT NULL,
  prefix text NOT NULL CHECK (length(prefix) <= 9),
  digest bytea NOT NULL UNIQUE CHECK (octet_length(digest) = 32),
  created_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  CHECK (tenant = CASE WHEN installation THEN 'installation' ELSE acts_for END)
);
CREATE INDEX api_keys_newest ON api_keys (acts_for, created_at DESC, id DESC);

CREATE TABLE audit_entries (
  sequence bigint PRIMARY KEY CHECK (sequence > 0),
  occurred_at timestamptz(3) NOT NULL,
  tenant text COLLATE "C" NOT NULL CHECK (tenant <> ''),
  actor text NOT NULL,
  action text NOT NULL,
  resource text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('allowed', 'denied', 'failed')),
  details jsonb NOT NULL,
  hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);
CREATE INDEX audit_entries_newest ON audit_entries (tenant, sequence DESC);
CREATE INDEX audit_entries_of_action ON audit_entries (tenant, action, sequence DESC);
CREATE INDEX audit_entries_of_resource ON audit_entries (tenant, resource, sequence DESC);

-- The end of the chain, kept apart: the chain alone does not show that its end was cut off. Its row lock is what makes
-- appending one at a time.
CREATE TABLE audit_head (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  sequence bigint NOT NULL,
  hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);
INSERT INTO audit_head (sequence, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

-- Events wait here from the transaction that made them until the bus has them. A queue by published_at, never by
-- "id greater than the last one": transactions commit out of order.
CREATE TABLE event_outbox (
  id uuid PRIMARY KEY,
  tenant text COLLATE "C" NOT NULL CHECK (tenant <> ''),
  event text NOT NULL CHECK (event IN ('revoked', 'rotated', 'policy')),
  payload bytea NOT NULL,
  traceparent text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  published_at timestamptz(3)
);
CREATE INDEX event_outbox_waiting ON event_outbox (created_at) WHERE published_at IS NULL;
CREATE INDEX event_outbox_published ON event_outbox (published_at) WHERE published_at IS NOT NULL;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['secrets', 'api_keys', 'audit_entries', 'event_outbox'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY of_tenant ON %I
         USING (tenant = current_setting(''switchyard.tenant'', true) OR current_setting(''switchyard.system'', true) = ''on'')
         WITH CHECK (tenant = current_setting(''switchyard.tenant'', true) OR current_setting(''switchyard.system'', true) = ''on'')',
      name);
  END LOOP;
END $$;

-- The head belongs to all: any transaction that says for whom it works may append.
ALTER TABLE audit_head ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_head FORCE ROW LEVEL SECURITY;
CREATE POLICY of_all ON audit_head
  USING (current_setting('switchyard.tenant', true) <> '' OR current_setting('switchyard.system', true) = 'on')
  WITH CHECK (current_setting('switchyard.tenant', true) <> '' OR current_setting('switchyard.system', true) = 'on');

GRANT SELECT, INSERT, UPDATE ON secrets, api_keys TO switchyard_credential;
-- Append-only: no UPDATE, DELETE or TRUNCATE.
GRANT SELECT, INSERT ON audit_entries TO switchyard_credential;
GRANT SELECT, UPDATE ON audit_head TO switchyard_credential;
GRANT SELECT, INSERT, UPDATE, DELETE ON event_outbox TO switchyard_credential;
