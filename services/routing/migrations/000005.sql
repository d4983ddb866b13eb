-- Requests of one sticky key are alike: results are kept by groups of keys, so that the variance between these can be told.
ALTER TABLE experiment_results ADD COLUMN group_number smallint NOT NULL DEFAULT 0;
ALTER TABLE experiment_results ALTER COLUMN group_number DROP DEFAULT;
ALTER TABLE experiment_results DROP CONSTRAINT experiment_results_pkey;
ALTER TABLE experiment_results ADD PRIMARY KEY (tenant, experiment, variant, group_number);
