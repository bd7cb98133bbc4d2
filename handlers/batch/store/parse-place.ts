import { InvalidInputError } from '../../../core/errors.ts';

/** Where a batch reads or writes. */
export type Place =
  | {
      readonly kind: 's3';
      readonly bucket: string;
      /** Empty, or ending with `/`. */ readonly prefix: string;
    }
  | { readonly kind: 'folder'; readonly folder: string };

/**
 * A place as it is named on the command line: `s3://bucket/prefix` or a folder.
 *
 * @throws InvalidInputError `invalid_option`
 */
export function parsePlace(text: string): Place {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return { kind: 'folder', folder: text };
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(text);
  if (match === null) {
    const scheme = text.slice(0, text.indexOf(':'));
    throw new InvalidInputError(
      'invalid_option',
      scheme === 's3'
        ? 'Expected s3://BUCKET/PREFIX with a bucket name of 3 to 63 of a-z 0-9 . -'
        : `Expected a folder or s3://BUCKET/PREFIX, got an address of the kind ${scheme}:.`,
    );
  }
  const prefix = (match[2] ?? '').replace(/\/+$/, '');
  return { kind: 's3', bucket: match[1]!, prefix: prefix === '' ? '' : `${prefix}/` };
}
