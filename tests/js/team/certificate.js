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

/**
 * Makes a root, and a certificate that it has signed, with its key: one that may not sign others, unlike those of `certify`.
 *
 * @param {string} folder
 */
export function certifyBelowRoot(folder) {
  const [root, rootKey, cert, key] = ['root.pem', 'root-key.pem', 'cert.pem', 'key.pem'].map((name) => join(folder, name));
  const make = (/** @type {string[]} */ args) => execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', ...args], { stdio: 'ignore' });
  make(['-subj', '/CN=root', '-keyout', rootKey, '-out', root]);
  const names = ['-addext', 'subjectAltName=DNS:localhost', '-addext', 'basicConstraints=critical,CA:FALSE'];
  make(['-CA', root, '-CAkey', rootKey, '-subj', '/CN=localhost', ...names, '-keyout', key, '-out', cert]);
  return { root, cert, key };
}
