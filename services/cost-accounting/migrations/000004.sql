-- What is charged by other units than text and audio tokens: prices in nano-USD per million, and what was used of them.
ALTER TABLE prices
  ADD COLUMN query bigint CHECK (query >= 0),
  ADD COLUMN output_image bigint CHECK (output_image >= 0),
  ADD COLUMN input_image_token bigint CHECK (input_image_token >= 0),
  ADD COLUMN output_image_token bigint CHECK (output_image_token >= 0),
  ADD COLUMN input_audio_second bigint CHECK (input_audio_second >= 0),
  ADD COLUMN output_audio_second bigint CHECK (output_audio_second >= 0),
  ADD COLUMN input_character bigint CHECK (input_character >= 0);
ALTER TABLE ledger
  ADD COLUMN searches bigint,
  ADD COLUMN output_images bigint,
  ADD COLUMN sized_output_images bigint,
  ADD COLUMN input_image_tokens bigint,
  ADD COLUMN output_image_tokens bigint,
  ADD COLUMN input_audio_seconds bigint,
  ADD COLUMN output_audio_seconds bigint,
  ADD COLUMN input_characters bigint;
