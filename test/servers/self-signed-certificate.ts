import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { ServerCertificate } from './loopback-server.js';

/** ITU-T X.690: tag, length, contents. */
const der = (tag: number, ...contents: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(contents);
  const { length } = body;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, Math.floor(length / 0x100), length % 0x100];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
};

const sequence = (...contents: readonly Buffer[]): Buffer => der(0x30, ...contents);
const objectId = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const octets = (content: Buffer): Buffer => der(0x04, content);
const bits = (content: Buffer): Buffer => der(0x03, Buffer.from([0]), content);
const isTrue = der(0x01, Buffer.from([0xff]));

/** `YYYYMMDDHHMMSSZ` (RFC 5280 §4.1.2.5.2). */
const time = (ms: number): Buffer =>
  der(0x18, Buffer.from(`${new Date(ms).toISOString().replaceAll(/[-:T]/gu, '').slice(0, 14)}Z`));

const oid = {
  commonName: objectId('550403'),
  subjectAltName: objectId('551d11'),
  basicConstraints: objectId('551d13'),
  ecdsaWithSha256: objectId('2a8648ce3d040302'),
} as const;

const pem = (label: string, bytes: Buffer): string => {
  const lines = bytes.toString('base64').match(/.{1,64}/gu) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
};

const dayMs = 86_400_000;

/** A fresh key and a certificate for `host` that it signed itself (RFC 5280); `days` may be negative. */
export const selfSignedCertificate = (host: string, days = 2): ServerCertificate => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const nowMs = Date.now();
  const name = sequence(der(0x31, sequence(oid.commonName, der(0x0c, Buffer.from(host)))));
  const validity = sequence(time(nowMs + Math.min(days, 0) * dayMs - dayMs), time(nowMs + days * dayMs));
  const extensions = sequence(
    sequence(oid.subjectAltName, octets(sequence(der(0x82, Buffer.from(host))))),
    sequence(oid.basicConstraints, isTrue, octets(sequence(isTrue))),
  );
  const algorithm = sequence(oid.ecdsaWithSha256);
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  );
  const certificate = sequence(content, algorithm, bits(sign('sha256', content, privateKey)));
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert: pem('CERTIFICATE', certificate) };
};
