import test from 'ava';
import fc from 'fast-check';
import {
	type Certificate,
	certificateType,
	checkCertificate,
	type Envelope,
	signedBytes,
} from './certificate.ts';
import { CertificateError } from './certificate-error.ts';

const certificate: Certificate = {
	module: 'clock',
	version: '1.2.3',
	digest: 'ab'.repeat(32),
	platform: '0.1.0',
	outcome: 'equal',
	certifiedAt: '2026-01-01T00:00:00.000Z',
	recordings: [
		{
			digest: 'cd'.repeat(32),
			vm: 'clock',
			version: '1.2.2',
			platform: '0.1.0',
			turns: 3,
			events: 2,
			effects: 1,
		},
	],
	profiles: [{ name: 'usual', flags: [], machine: 'x64', outcome: 'equal' }],
};
const { digest } = certificate;

async function signer() {
	const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
	const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)).toHex();
	const sign = async (statement: object): Promise<Envelope> => {
		const payload = new TextEncoder().encode(JSON.stringify(statement));
		const sig = new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, signedBytes(payload)));
		return {
			payloadType: certificateType,
			payload: payload.toBase64(),
			signatures: [{ keyid: '', sig: sig.toBase64() }],
		};
	};
	return { publicKey, sign };
}
const [trusted, stranger] = [await signer(), await signer()];
const keys = [stranger.publicKey, trusted.publicKey];
const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const refused = { instanceOf: CertificateError, code: 'not-certified' };

test('a certificate for exactly these bytes, signed by a trusted key, lets the module start', async (t) => {
	const bytes = bytesOf(await trusted.sign(certificate));

	t.deepEqual(await checkCertificate({ bytes, digest, keys }), certificate);
});

test('one that nobody trusted has signed does not, nor one of another module, nor one of unequal replays', async (t) => {
	const signed = bytesOf(await trusted.sign(certificate));
	const unequal = bytesOf(await trusted.sign({ ...certificate, outcome: 'different' }));

	await t.throwsAsync(checkCertificate({ bytes: signed, digest, keys: [stranger.publicKey] }), refused);
	await t.throwsAsync(checkCertificate({ bytes: signed, digest, keys: [] }), refused);
	await t.throwsAsync(checkCertificate({ bytes: signed, digest: 'ef'.repeat(32), keys }), refused);
	await t.throwsAsync(checkCertificate({ bytes: unequal, digest, keys }), refused);
});

test('a statement that was changed after it was signed does not count', async (t) => {
	const envelope = await trusted.sign({ ...certificate, outcome: 'different' });
	const payload = bytesOf(certificate).toBase64();

	await t.throwsAsync(checkCertificate({ bytes: bytesOf({ ...envelope, payload }), digest, keys }), refused);
});

test('a signature of the same key over something of another type does not count', async (t) => {
	const envelope = { ...(await trusted.sign(certificate)), payloadType: 'text/plain' };

	await t.throwsAsync(checkCertificate({ bytes: bytesOf(envelope), digest, keys }), refused);
});

test('whatever else is in its place is refused by its code', async (t) => {
	const envelope = await trusted.sign(certificate);
	const likeOne = fc.record(
		{
			payloadType: fc.oneof(fc.constant(certificateType), fc.string()),
			payload: fc.oneof(fc.constant(envelope.payload), fc.string(), fc.jsonValue()),
			signatures: fc.oneof(
				fc.array(fc.record({ sig: fc.oneof(fc.string(), fc.jsonValue()) })),
				fc.jsonValue(),
			),
		},
		{ requiredKeys: [] },
	);
	const anything = fc.oneof(fc.jsonValue().map(bytesOf), fc.uint8Array(), likeOne.map(bytesOf));
	await fc.assert(
		fc.asyncProperty(anything, async (bytes) => {
			await t.throwsAsync(checkCertificate({ bytes, digest, keys }), refused);
		}),
		{ numRuns: 200 },
	);
});
