import { expect, test } from 'vitest';
import { residencyOf, residencyOfAll } from './residency.ts';

test.each([
  ['us-east-1', ['us-east']],
  ['us-west-2', ['us-west']],
  ['eu-west-3', ['eu-west']],
  ['eu-central-1', ['eu-central']],
  ['ap-southeast-2', ['apac']],
  ['us-east5', ['us-east']],
  ['europe-west1', ['eu-west']],
  ['asia-southeast1', ['apac']],
  ['global', ['global']],
  ['us', ['us-east', 'us-west']],
  ['eu', ['eu-west', 'eu-central']],
  // In none of the six: a place nearby is not the place that was asked for.
  ['ca-central-1', []],
  ['eu-north-1', []],
  ['sa-east-1', []],
  ['us-gov-west-1', []],
  ['us-gov', []],
  ['us-central1', []],
  ['toString', []],
  ['', []],
])('%s is in %j', (region, expected) => {
  expect(residencyOf(region)).toEqual(expected);
});

test('several regions are all of them, and unknown where one of them is', () => {
  expect(residencyOfAll(['eu-central-1', 'us-east-1'])).toEqual(['us-east', 'eu-central']);
  expect(residencyOfAll(['eu-central-1', 'eu-north-1'])).toEqual([]);
  expect(residencyOfAll([])).toEqual([]);
});
