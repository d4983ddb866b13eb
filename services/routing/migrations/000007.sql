-- Batches: files of requests, and what came of each. Contents are encrypted (AES-256-GCM): they hold prompts and answers.

CREATE TABLE files (
  tenant text NOT NULL,
  id uuid PRIMARY KEY,
  filename text NOT NULL,
  purpose text NOT NULL CHECK (purpose IN ('batch', 'batch_output')),
  bytes bigint NOT NULL,
  -- Results are kept once, with the batch's lines: their file shows those that ended so.
  batch_id uuid,
  shows text CHECK (shows IN ('answered', 'failed')),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  CHECK ((purpose = 'batch_output') = (batch_id IS NOT NULL) AND (batch_id IS NULL) = (shows IS NULL))
);
-- Ids grow with time: lists go by them.
CREATE INDEX files_of_tenant ON files (tenant, id);
CREATE INDEX files_expires_at ON files (expires_at);

CREATE TABLE file_chunks (
  tenant text NOT NULL,
  file_id uuid NOT NULL REFERENCES files (id) ON DELETE CASCADE,
  -- From 0. Each holds whole lines.
  number integer NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (file_id, number)
);

CREATE TABLE batches (
  tenant text NOT NULL,
  id uuid PRIMARY KEY,
  -- No foreign key: the file may be deleted once the batch has ended.
  input_file_id uuid NOT NULL,
  endpoint text NOT NULL,
  -- The key that made it, on whose behalf its lines are asked.
  key_id text NOT NULL,
  state text NOT NULL DEFAULT 'validating' CHECK (
    state IN ('validating', 'in_progress', 'finalizing', 'completed', 'failed', 'cancelling', 'cancelled', 'expired')
  ),
  metadata jsonb NOT NULL,
  -- What is wrong with the file.
  problems jsonb NOT NULL DEFAULT '[]',
  total integer NOT NULL DEFAULT 0,
  answered integer NOT NULL DEFAULT 0,
  failed integer NOT NULL DEFAULT 0,
  cost_nano_usd bigint NOT NULL DEFAULT 0,
  output_file_id uuid,
  error_file_id uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  -- When it came into each state.
  reached_at jsonb NOT NULL DEFAULT '{}',
  -- One replica works on it: whoever holds the lease, until it has run out.
  lease_id uuid,
  leased_until timestamptz
);
CREATE INDEX batches_of_tenant ON batches (tenant, id);
CREATE INDEX batches_open ON batches (created_at)
  WHERE state IN ('validating', 'in_progress', 'finalizing', 'cancelling');

-- A line without a row has not begun.
CREATE TABLE batch_lines (
  tenant text NOT NULL,
  batch_id uuid NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
  -- From 1, as in the file.
  number integer NOT NULL,
  -- running: it may have been asked, under the lease that the row names.
  state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'answered', 'failed')),
  lease_id uuid NOT NULL,
  -- Its line of the output or error file; absent while it runs, and once that file was deleted.
  sealed bytea,
  -- Size of that line in the file.
  bytes integer NOT NULL DEFAULT 0,
  PRIMARY KEY (batch_id, number)
);

ALTER TABLE files ENABLE ROW LEVEL SECURITY;
ALTER TABLE files FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON files
  USING (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on')
  WITH CHECK (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on');
ALTER TABLE file_chunks ENABLE ROW LEVEL SECURITY;
ALTER TABLE file_chunks FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON file_chunks
  USING (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on')
  WITH CHECK (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on');
ALTER TABLE batches ENABLE ROW LEVEL SECURITY;
ALTER TABLE batches FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON batches
  USING (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on')
  WITH CHECK (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on');
ALTER TABLE batch_lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE batch_lines FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON batch_lines
  USING (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on')
  WITH CHECK (tenant = nullif(current_setting('switchyard.tenant', true), '') OR current_setting('switchyard.system', true) = 'on');

GRANT SELECT, INSERT, UPDATE, DELETE ON files, file_chunks, batches, batch_lines TO switchyard_routing;
