import { formatUsd } from '@switchyard/kernel';
import PDFDocument from 'pdfkit';
import type {
  Chargeback,
  ChargebackLine,
  SignedChargeback,
  Statement,
} from '../domain/chargeback/statement.ts';

const MARGIN = 48;
const ROW_HEIGHT = 14;
/** Rows that are drawn at once: about a page. */
const ROWS_AT_ONCE = 50;
const COLUMNS = [
  { title: 'Team', width: 90, cell: ({ team }: ChargebackLine) => team },
  { title: 'Provider', width: 90, cell: ({ provider }: ChargebackLine) => provider },
  { title: 'Model', width: 120, cell: ({ model }: ChargebackLine) => model },
  { title: 'Line', width: 60, cell: ({ line }: ChargebackLine) => line },
  { title: 'Requests', width: 60, cell: ({ requests }: ChargebackLine) => String(requests) },
  { title: 'USD', width: 79, cell: ({ costNanoUsd }: ChargebackLine) => formatUsd(costNanoUsd) },
] as const;
const RIGHT: ReadonlySet<string> = new Set(['Requests', 'USD']);

/** Statements as PDF, a piece at a time: each tenant begins a page. The same statements give the same bytes. */
export async function* renderPdf(chargeback: SignedChargeback): AsyncGenerator<Uint8Array> {
  const { period, statements } = chargeback;
  const document = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    autoFirstPage: false,
    // Its dates and its id are the period's, not the moment's.
    info: {
      Title: `Statement of costs, ${dayOf(period.fromMs)} to ${dayOf(period.toMs - 1)}`,
      Creator: 'Switchyard',
      CreationDate: new Date(period.toMs),
      ModDate: new Date(period.toMs),
    },
  });
  for (const statement of statements) {
    drawHead(document, statement, chargeback);
    for (let at = 0; at < statement.lines.length; at += ROWS_AT_ONCE) {
      drawLines(document, statement.lines.slice(at, at + ROWS_AT_ONCE));
      yield* written(document);
      // Others get their turn between two pages.
      await new Promise((resolve) => setImmediate(resolve));
    }
    drawTotal(document, statement);
    document
      .moveDown()
      .fontSize(7)
      .fillColor('#555')
      .text(`Digest of the statement: ${chargeback.digest}`, MARGIN);
    yield* written(document);
  }
  drawLedger(document, chargeback);
  document.end();
  for await (const piece of document) yield piece as Uint8Array;
}

/** What is ready to be sent. */
function* written(document: PDFKit.PDFDocument): Generator<Uint8Array> {
  for (;;) {
    const piece = document.read() as Uint8Array | null;
    if (piece === null) return;
    yield piece;
  }
}

function drawHead(document: PDFKit.PDFDocument, statement: Statement, { period, closed }: Chargeback): void {
  document.addPage();
  document
    .fillColor('black')
    .font('Helvetica-Bold')
    .fontSize(16)
    .text(latin(`Statement for ${statement.tenant}`));
  document.font('Helvetica').fontSize(10);
  document.text(`${dayOf(period.fromMs)} to ${dayOf(period.toMs - 1)}, UTC${closed ? '' : ' (provisional)'}`);
  document.moveDown();
  drawRow(
    document,
    COLUMNS.map(({ title }) => title),
    'Helvetica-Bold',
  );
}

function drawLines(document: PDFKit.PDFDocument, lines: readonly ChargebackLine[]): void {
  for (const line of lines)
    drawRow(
      document,
      COLUMNS.map(({ cell }) => cell(line)),
      'Helvetica',
    );
}

function drawTotal(document: PDFKit.PDFDocument, { shares, totalNanoUsd }: Statement): void {
  for (const { kind, costNanoUsd } of shares)
    drawRow(document, ['Shared', '', kind, 'share', '', formatUsd(costNanoUsd)], 'Helvetica');
  drawRow(document, ['Total', '', '', '', '', formatUsd(totalNanoUsd)], 'Helvetica-Bold');
}

function drawLedger(document: PDFKit.PDFDocument, { days, unallocated }: Chargeback): void {
  document
    .addPage()
    .fillColor('black')
    .font('Helvetica-Bold')
    .fontSize(12)
    .text('The ledger behind these statements');
  document.font('Helvetica').fontSize(8).moveDown();
  for (const { kind, costNanoUsd } of unallocated)
    document.text(`Not allocated, ${kind}: ${formatUsd(costNanoUsd)} USD`);
  for (const { day, entries, sha256 } of days) document.text(`${day}: ${entries} entries, SHA-256 ${sha256}`);
}

function drawRow(document: PDFKit.PDFDocument, cells: readonly string[], font: string): void {
  if (document.y + ROW_HEIGHT > document.page.height - MARGIN) document.addPage();
  const { y } = document;
  let x = MARGIN;
  document.font(font).fontSize(8).fillColor('black');
  for (const [i, { width, title }] of COLUMNS.entries()) {
    document.text(latin(cells[i] ?? ''), x, y, {
      width: width - 4,
      height: ROW_HEIGHT,
      ellipsis: true,
      lineBreak: false,
      align: RIGHT.has(title) ? 'right' : 'left',
    });
    x += width;
  }
  document.x = MARGIN;
  document.y = y + ROW_HEIGHT;
}

/** The fonts that every reader has know Latin letters only. */
const latin = (text: string): string => text.replaceAll(/[^\x20-\x7e\xa0-\xff]/g, '?');
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
