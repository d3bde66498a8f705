// Certificates for tests of TLS.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * Makes a certificate with its key, which replace those of the last call.
 *
 * @param {string} folder
 * @param {string} [names] Whom it is for.
 */
export function certify(folder, names = 'IP:127.0.0.1,DNS:localhost') {
  const [cert, key] = ['cert.pem', 'key.pem'].map((name) => join(folder, name));
  const subject = ['-subj', '/CN=localhost', '-addext', `subjectAltName=${names}`];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' });
  return { cert, key };
}
