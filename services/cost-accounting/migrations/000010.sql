-- What budgets do about requests as they run low.
ALTER TABLE budgets
  ADD COLUMN actions jsonb NOT NULL DEFAULT '[]',
  -- Their percents, rising.
  ADD COLUMN action_percents integer[] NOT NULL DEFAULT '{}',
  -- A throttle is a budget of requests in a minute of its own, which binds while the one that it is of is spent to a percent. Its id is
  -- none that anybody can give. It does not refuse by itself, so that the version before, which knows no throttles, binds nobody by it.
  ADD COLUMN throttles bigint REFERENCES budgets ON DELETE CASCADE,
  ADD COLUMN throttle_percent integer;
CREATE INDEX budgets_throttles ON budgets (throttles) WHERE throttles IS NOT NULL;
-- Actions up to this percent are in force until the window ends.
ALTER TABLE budget_windows ADD COLUMN acting_percent integer NOT NULL DEFAULT 0;
CREATE INDEX budget_windows_acting ON budget_windows (budget) WHERE acting_percent > 0;
