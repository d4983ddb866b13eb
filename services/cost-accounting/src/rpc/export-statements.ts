import { createHash } from 'node:crypto';
import type { ExportStatementsRequest, ExportStatementsResponse } from '@switchyard/contracts/cost';
import { type Clock, invalidArgument } from '@switchyard/kernel';
import type { StreamHandler } from '@switchyard/service-kit';
import { renderPdf } from '../adapters/pdf-statements.ts';
import {
  type Format,
  readStatementsQuery,
  type StatementsQuery,
} from '../domain/chargeback/chargeback-query.ts';
import { renderCsv } from '../domain/chargeback/render-csv.ts';
import { renderFocus } from '../domain/chargeback/render-focus.ts';
import { renderJson } from '../domain/chargeback/render-json.ts';
import {
  type Chargeback,
  chargebackJson,
  makeChargeback,
  ofTenant,
  type SignedChargeback,
} from '../domain/chargeback/statement.ts';
import { statementTooLarge } from '../errors.ts';
import type { ChargebackSource } from '../ports.ts';
import { scopeOf } from './tenant-scope.ts';

/** The tenant of the installation's own keys. */
const PLATFORM = 'installation';
const MAX_LINES = 500_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How often the ledger may change while it is read. */
const MAX_TRIES = 3;
/** Bytes of a message, give or take a tenant. */
const CHUNK = 256 * 1_024;

/** What statements are made with. */
export interface StatementsContext {
  readonly chargeback: ChargebackSource;
  readonly clock: Clock;
}

/** Makes statements of a period and sends them as a file. */
export function exportStatements({
  chargeback,
  clock,
}: StatementsContext): StreamHandler<ExportStatementsRequest, ExportStatementsResponse> {
  return async function* (request, { principal }) {
    const scope = scopeOf(request, { principal, what: 'the statements of all tenants' });
    const query = readStatementsQuery(request, clock.wallMs());
    if (!query.ok) throw invalidArgument(query.error);
    // A tenant's question makes no seals: those are for who asks for all.
    const daysOf = scope.kind === 'all' ? chargeback.seal : chargeback.sealed;
    const tenant = scope.kind === 'all' ? undefined : scope.tenant;
    const source = { daysOf, lines: chargeback.lines, tenant };
    const made = await makeOf(source, query.value, clock.wallMs());
    const wanted = tenant === undefined ? made : ofTenant(made, tenant);
    yield* chunks(RENDERERS[query.value.format]({ ...wanted, digest: await digestOf(wanted) }));
  };
}

/** Others have their turn: a file of half a million lines is many pieces, each a few milliseconds' work. */
const giveWay = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** SHA-256 of everything that statements say, hex. */
async function digestOf(chargeback: Chargeback): Promise<string> {
  const hash = createHash('sha256');
  for (const piece of chargebackJson(chargeback)) {
    hash.update(piece);
    await giveWay();
  }
  return hash.digest('hex');
}

const RENDERERS: Readonly<
  Record<Format, (of: SignedChargeback) => Iterable<string> | AsyncIterable<Uint8Array>>
> = {
  csv: renderCsv,
  json: renderJson,
  focus: renderFocus,
  pdf: renderPdf,
};

/** What a period's statements are made from. */
interface PeriodSource {
  readonly daysOf: ChargebackSource['sealed'];
  readonly lines: ChargebackSource['lines'];
  /** Whose lines; undefined: all tenants'. */
  readonly tenant: string | undefined;
}

/**
 * Reads lines and days until they are of the same ledger: days that have ended hardly ever get another entry. Where they never are, as while a
 * day is not sealed as it is, the statements are provisional.
 */
async function makeOf(
  source: PeriodSource,
  { period, format, rule, teamBy }: StatementsQuery,
  nowMs: number,
): Promise<Chargeback> {
  const endedMs = Math.min(period.toMs, Math.floor(nowMs / DAY_MS) * DAY_MS);
  const ended = period.toMs + HOUR_MS <= nowMs;
  for (let tries = 1; ; tries++) {
    const days = await source.daysOf({ fromMs: period.fromMs, toMs: Math.max(period.fromMs, endedMs) });
    const by = format === 'focus' ? 'day' : 'period';
    const found = await source.lines({ period, teamBy, by, tenant: source.tenant, maxLines: MAX_LINES });
    if (found === undefined) throw statementTooLarge(MAX_LINES);
    const sealed = days.reduce((sum, { entries }) => sum + entries, 0n);
    const isWhole = sealed === found.entries;
    if (ended && !isWhole && tries < MAX_TRIES) continue;
    const { lines, sums } = found;
    return makeChargeback({
      period,
      rule,
      teamBy: teamBy ?? '',
      sums,
      lines,
      days,
      closed: ended && isWhole,
      platformTenant: PLATFORM,
    });
  }
}

/** Pieces of a file as messages of a good size. */
async function* chunks(
  pieces: Iterable<string> | AsyncIterable<Uint8Array>,
): AsyncGenerator<ExportStatementsResponse> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    const data = typeof piece === 'string' ? Buffer.from(piece, 'utf8') : Buffer.from(piece);
    held.push(data);
    bytes += data.length;
    await giveWay();
    if (bytes < CHUNK) continue;
    yield* cut(Buffer.concat(held));
    held = [];
    bytes = 0;
  }
  yield* cut(Buffer.concat(held));
}

/** One tenant's lines may be far more than a message holds. */
function* cut(data: Buffer): Generator<ExportStatementsResponse> {
  for (let at = 0; at < data.length; at += 4 * CHUNK) yield { data: data.subarray(at, at + 4 * CHUNK) };
}
