/**
 * A host leads to an address that may not be connected to. Names the host only: a name's address inside the installation
 * is not the caller's to know.
 */
export class AddressNotAllowedError extends Error {
  override readonly name = 'AddressNotAllowedError';
  readonly code = 'ERR_ADDRESS_NOT_ALLOWED';

  constructor(host: string) {
    super(`the address of ${host} is not allowed`);
  }
}
