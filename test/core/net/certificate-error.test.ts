import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isCertificateError } from '../../../core/net/certificate-error.ts';

/** A key and a certificate that nobody has signed; undefined where the program openssl is not installed. */
function selfSigned(): { key: Buffer; cert: Buffer } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-test-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const kind = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost'];
  try {
    execFileSync('openssl', [...kind, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } catch {
    console.warn('skipped: the program openssl, which makes a certificate for the test, is not installed');
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const certificate = selfSigned();

describe('isCertificateError', () => {
  it.skipIf(certificate === undefined)(
    'knows what fetch says of a certificate that nobody signed',
    async () => {
      const server = createServer(certificate!);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const error = await fetch(`https://localhost:${port}/`).catch((reason: unknown) => reason);
      server.close();
      expect(isCertificateError(error)).toBe(true);
    },
  );

  it.each(['CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'])(
    'knows %s',
    (code) => {
      expect(isCertificateError(Object.assign(new Error('x'), { code }))).toBe(true);
    },
  );

  it.each(['ECONNRESET', 'ECONNREFUSED', 'UND_ERR_SOCKET', 'ENOTFOUND', undefined])('is not %s', (code) => {
    expect(isCertificateError(Object.assign(new Error('x'), { code }))).toBe(false);
    expect(isCertificateError('CERT_HAS_EXPIRED')).toBe(false);
  });
});
