/** Codes of OpenSSL's checks of a certificate, and of the comparison with the name that was dialled. */
const CODE = /^(CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_MISMATCH$|ERR_TLS_CERT_)/;

/** True when a connection failed for the certificate of the server: asking again meets the same one. */
export function isCertificateError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return (typeof code === 'string' && CODE.test(code)) || isCertificateError(error.cause);
}
