-- The last book of budgets that any replica was told: one row. A replica that starts without a state folder while cost-accounting is away
-- must not spend as if there were no budgets.
CREATE TABLE budget_book (
  is_only_one boolean PRIMARY KEY DEFAULT true CHECK (is_only_one),
  -- The GetBudgetBookResponse message.
  body bytea NOT NULL,
  told_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE budget_book ENABLE ROW LEVEL SECURITY;
ALTER TABLE budget_book FORCE ROW LEVEL SECURITY;
CREATE POLICY of_system ON budget_book
  USING (current_setting('switchyard.system', true) = 'on')
  WITH CHECK (current_setting('switchyard.system', true) = 'on');

GRANT SELECT, INSERT, UPDATE ON budget_book TO switchyard_routing;
