import type { NanoUsd } from '@switchyard/kernel';

/** A decimal amount of USD in nano-USD, rounded half away from zero where it is finer: `12.5`, `$0.0000001234`, `-3`, `1e-7`. Undefined for anything else. */
export function readAmount(text: string): NanoUsd | undefined {
  const found = /^(-?)\$?(\d{1,12})(?:\.(\d{1,40}))?(?:[eE]([+-]?\d{1,2}))?$/.exec(text.trim());
  if (found === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = found;
  const scale = 9 + Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  const divisor = 10n ** BigInt(Math.max(0, -scale));
  const nano = (digits * 10n ** BigInt(Math.max(0, scale)) + divisor / 2n) / divisor;
  return (sign === '-' ? -nano : nano) as NanoUsd;
}
