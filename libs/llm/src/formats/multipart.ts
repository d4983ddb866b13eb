/** A part of a form: a field, or a file. */
export type FormPart =
  | { readonly name: string; readonly value: string }
  | {
      readonly name: string;
      readonly filename: string;
      readonly mediaType: string;
      readonly data: Uint8Array;
    };

/** A form as it is sent. */
export interface MultipartBody {
  readonly contentType: string;
  readonly body: Buffer;
}

/** What begins every boundary. */
const BOUNDARY = 'switchyard-form';

/** A form as `multipart/form-data` (RFC 7578). The same form gives the same bytes. */
export function encodeMultipart(parts: readonly FormPart[]): MultipartBody {
  const boundary = boundaryFor(parts);
  const pieces = parts.flatMap((part) => [
    Buffer.from(`--${boundary}\r\n${headOf(part)}\r\n\r\n`, 'utf8'),
    'data' in part ? part.data : Buffer.from(part.value, 'utf8'),
    Buffer.from('\r\n', 'latin1'),
  ]);
  const body = Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`, 'latin1')]);
  return { contentType: `multipart/form-data; boundary=${boundary}`, body };
}

function headOf(part: FormPart): string {
  const disposition = `content-disposition: form-data; name="${escaped(part.name)}"`;
  if (!('data' in part)) return disposition;
  return `${disposition}; filename="${escaped(part.filename)}"\r\ncontent-type: ${part.mediaType.replaceAll(/[\r\n]/g, '')}`;
}

/** As browsers do, so that a name cannot end the header. Source: HTML, multipart form data */
const escaped = (text: string): string =>
  text.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');

/** A boundary that no part holds: longer ones are tried until one is not there. */
function boundaryFor(parts: readonly FormPart[]): string {
  for (let n = 0; ; n++) {
    const boundary = `${BOUNDARY}-${n}`;
    // Each part can hold finitely many of them, so that one is found.
    if (!parts.some((part) => holds(part, `--${boundary}`))) return boundary;
  }
}

const holds = (part: FormPart, text: string): boolean =>
  'data' in part
    ? Buffer.from(part.data.buffer, part.data.byteOffset, part.data.byteLength).includes(text)
    : part.value.includes(text);
