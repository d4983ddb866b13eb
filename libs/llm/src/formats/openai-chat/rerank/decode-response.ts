import type { RerankRequest } from '@switchyard/contracts/routing';
import { ok, type Result } from '@switchyard/kernel';
import type { DecodedRanking } from '../../../operations/rerank/decoded-ranking.ts';
import { readRanking, readRankingUsage } from '../../../operations/rerank/read-ranking.ts';
import type { HttpAnswer } from '../../http-message.ts';
import { stringAt } from '../../json.ts';
import type { ProviderError } from '../../provider-error.ts';
import { plainBody } from '../plain-body.ts';

/** A whole answer of `POST /rerank`. */
export function decodeRerankResponse(
  answer: HttpAnswer,
  request: RerankRequest,
): Result<DecodedRanking, ProviderError> {
  const body = plainBody(answer);
  if (!body.ok) return body;
  const results = readRanking(body.value, request);
  if (!results.ok) return results;
  return ok({
    results: results.value,
    usage: readRankingUsage(body.value),
    providerModel: stringAt(body.value, 'model') ?? '',
  });
}
