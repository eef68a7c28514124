import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerCertificate } from './loopback-server.js';

/** A fresh key and a certificate for `host` that it signed itself, made by the machine's `openssl`; `days` may be negative. */
export const selfSignedCertificate = (host: string, days = 2): ServerCertificate => {
  const folder = mkdtempSync(join(tmpdir(), 'llavero-certificate-'));
  const [key, request, extensions, cert] = [
    join(folder, 'key.pem'),
    join(folder, 'request.pem'),
    join(folder, 'extensions'),
    join(folder, 'cert.pem'),
  ];
  const openssl = (...args: readonly string[]): Buffer => execFileSync('openssl', args, { stdio: 'pipe' });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  try {
    writeFileSync(extensions, `subjectAltName=DNS:${host}\nbasicConstraints=critical,CA:TRUE\n`);
    openssl('req', '-new', ...curve, '-nodes', '-keyout', key, '-subj', `/CN=${host}`, '-out', request);
    openssl('x509', '-req', '-in', request, '-signkey', key, '-days', `${days}`, '-extfile', extensions, '-out', cert);
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
};
