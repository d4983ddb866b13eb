import type { Usage } from '@switchyard/contracts/routing';
import type { UnitPrices } from '../catalog/offering-prices.ts';
import type { Prices } from './prices.ts';

/** Units beside text and audio tokens that usage is charged by. The catalog knows prices of more, which nothing counts yet. */
export const CHARGED_UNITS = [
  'query',
  'outputImage',
  'inputImageToken',
  'outputImageToken',
  'inputAudioSecond',
  'outputAudioSecond',
  'inputCharacter',
] as const satisfies readonly (keyof UnitPrices)[];

/** One of them. */
export type ChargedUnit = (typeof CHARGED_UNITS)[number];

/** Their prices, in nano-USD per million; absent means unknown, for image tokens that they cost what others do. */
export type ChargedUnitPrices = Pick<UnitPrices, ChargedUnit>;

/** Everything that usage is charged by. */
export interface ChargedPrices extends Prices, ChargedUnitPrices {}

/** The prices of units of something that has them among other fields; the unknown ones by name too, as messages have them. */
export const unitPricesOf = (priced: ChargedUnitPrices): Record<ChargedUnit, bigint | undefined> => ({
  query: priced.query,
  outputImage: priced.outputImage,
  inputImageToken: priced.inputImageToken,
  outputImageToken: priced.outputImageToken,
  inputAudioSecond: priced.inputAudioSecond,
  outputAudioSecond: priced.outputAudioSecond,
  inputCharacter: priced.inputCharacter,
});

/** Units that take the place of tokens: usage counts the one or the other. */
export type WholeUnit = Exclude<ChargedUnit, 'inputImageToken' | 'outputImageToken'>;

/** Where usage counts them. */
const COUNTED_IN = {
  query: 'searches',
  outputImage: 'outputImages',
  inputAudioSecond: 'inputAudioSeconds',
  outputAudioSecond: 'outputAudioSeconds',
  inputCharacter: 'inputCharacters',
} as const satisfies Record<WholeUnit, keyof Usage>;

/** Counts of them. */
export type UnitCounts = Pick<Usage, (typeof COUNTED_IN)[WholeUnit]>;

/** Usage of so many units, and of no tokens. */
export const usageOfUnits = (
  unit: WholeUnit,
  count: number,
): UnitCounts & { readonly inputTokens: 0; readonly outputTokens: 0 } => ({
  inputTokens: 0,
  outputTokens: 0,
  [COUNTED_IN[unit]]: count,
});
