/** The key of whoever certifies: a PEM file that its owner alone can read. */
import {
	createHash,
	createPrivateKey,
	createPublicKey,
	generateKeyPairSync,
	type KeyObject,
	sign,
} from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '../../firmware/hal/make-folder.ts';
import {
	type Certificate,
	certificateType,
	type Envelope,
	signedBytes,
} from '../../runtime/module/certificate.ts';
import { CertifyError } from './certify-error.ts';

export class SigningKey {
	readonly #secret: KeyObject;
	/** What a box is told to trust: 64 hexadecimal digits. */
	readonly publicHex: string;

	private constructor(secret: KeyObject) {
		this.#secret = secret;
		const der = createPublicKey(secret).export({ type: 'spki', format: 'der' });
		// RFC 8410 4: the last 32 bytes of the key's structure are the key.
		this.publicHex = der.subarray(-32).toString('hex');
	}

	/** Errors: `bad-key`. */
	static async read(path: string): Promise<SigningKey> {
		try {
			const secret = createPrivateKey(await readFile(path));
			if (secret.asymmetricKeyType === 'ed25519') return new SigningKey(secret);
		} catch (cause) {
			throw new CertifyError('bad-key', `${path} holds no private key: ${(cause as Error).message}`, {
				cause,
			});
		}
		throw new CertifyError('bad-key', `${path} holds a key of another kind than ed25519`);
	}

	/** Makes one where there is none yet. Errors: `bad-key`. */
	static async readOrMake(path: string): Promise<SigningKey> {
		const { privateKey } = generateKeyPairSync('ed25519');
		await makeFolder(dirname(path), { mode: 0o700 });
		try {
			const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
			await writeFile(path, pem, { mode: 0o600, flag: 'wx' });
		} catch (cause) {
			if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
		}
		return SigningKey.read(path);
	}

	/** The signed result, as the text of its file. */
	sign(certificate: Certificate): string {
		const payload = new TextEncoder().encode(JSON.stringify(certificate));
		const envelope: Envelope = {
			payloadType: certificateType,
			payload: payload.toBase64(),
			signatures: [
				{
					keyid: createHash('sha256').update(Uint8Array.fromHex(this.publicHex)).digest('hex'),
					sig: sign(null, signedBytes(payload), this.#secret).toString('base64'),
				},
			],
		};
		return `${JSON.stringify(envelope, null, '\t')}\n`;
	}
}
