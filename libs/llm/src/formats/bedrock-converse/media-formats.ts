import type { Media } from '@switchyard/contracts/routing';

const IMAGE_FORMATS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/gif': 'gif',
  'image/webp': 'webp',
};

const DOCUMENT_FORMATS: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'text/csv': 'csv',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'text/html': 'html',
  'text/plain': 'txt',
  'text/markdown': 'md',
};

/** Converse's word for a picture's type; `undefined` for one that it does not take. */
export const imageFormat = ({ mediaType }: Media): string | undefined => IMAGE_FORMATS[mediaType];

/** Converse's word for a document's type; `undefined` for one that it does not take. */
export const documentFormat = ({ mediaType }: Media): string | undefined =>
  DOCUMENT_FORMATS[mediaType] ?? (mediaType.startsWith('text/') ? 'txt' : undefined);

/** Names may hold letters, digits, single spaces, hyphens, parentheses and brackets, and 200 characters at most. */
export function documentName({ filename }: Media): string {
  const name = filename
    .replace(/\.[^.]*$/, '')
    .replace(/[^A-Za-z0-9\-()[\]]+/g, ' ')
    .trim()
    .slice(0, 200);
  return name === '' ? 'document' : name;
}
