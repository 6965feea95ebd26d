/** The keys that sign the repository, one PEM file each, readable by their owner only. */
import {
	createHash,
	createPrivateKey,
	createPublicKey,
	generateKeyPairSync,
	type KeyObject,
	sign,
} from 'node:crypto';
import {
	Key,
	type Metadata,
	type Root,
	Signature,
	type Snapshot,
	type Targets,
	type Timestamp,
} from '@tufjs/models';
import type { Directory } from '../../../runtime/directory.ts';
import { RepositoryError } from './repository-error.ts';

export const roles = ['root', 'targets', 'snapshot', 'timestamp'] as const;
export type Role = (typeof roles)[number];

export class Keys {
	readonly #directory: Directory;
	readonly #keys = new Map<string, { file: string; secret: KeyObject }>();

	private constructor(directory: Directory) {
		this.#directory = directory;
	}

	static async open(directory: Directory): Promise<Keys> {
		const keys = new Keys(directory);
		for (const file of await directory.list()) {
			if (!file.endsWith('.pem')) continue;
			const secret = createPrivateKey(Buffer.from((await directory.read(file)) ?? []));
			keys.#keys.set(publicKeyOf(secret).keyID, { file, secret });
		}
		return keys;
	}

	/** Makes a new ed25519 key, durable before it is used, and gives its public half. */
	async make(role: Role): Promise<Key> {
		const { privateKey: secret } = generateKeyPairSync('ed25519');
		const key = publicKeyOf(secret);
		const file = `${role}-${key.keyID.slice(0, 16)}.pem`;
		await this.#directory.write(
			file,
			Buffer.from(secret.export({ type: 'pkcs8', format: 'pem' }).toString()),
		);
		this.#keys.set(key.keyID, { file, secret });
		return key;
	}

	/** Removes every key that is not one of these. */
	async keepOnly(keyIds: readonly string[]): Promise<void> {
		for (const [keyId, { file }] of this.#keys) {
			if (keyIds.includes(keyId)) continue;
			await this.#directory.remove(file);
			this.#keys.delete(keyId);
		}
	}

	/** Signs with all the keys a root names for a role. Errors: `key-missing`. */
	sign<Signed extends Root | Snapshot | Targets | Timestamp>(
		metadata: Metadata<Signed>,
		{ root, role }: { root: Root; role: Role },
	): void {
		for (const keyID of root.roles[role]?.keyIDs ?? []) {
			const key = this.#keys.get(keyID);
			if (key === undefined) {
				throw new RepositoryError('key-missing', `no ${role} key ${keyID.slice(0, 16)} is in the key folder`);
			}
			metadata.sign((data) => new Signature({ keyID, sig: sign(null, data, key.secret).toString('hex') }));
		}
	}
}

function publicKeyOf(secret: KeyObject): Key {
	const der = createPublicKey(secret).export({ type: 'spki', format: 'der' });
	// RFC 8410 4: the last 32 bytes of the key's structure are the key.
	const keyVal = { public: der.subarray(-32).toString('hex') };
	// TUF 4.2: the id is the digest of the canonical JSON, which has its names in this order.
	const canonical = JSON.stringify({ keytype: 'ed25519', keyval: keyVal, scheme: 'ed25519' });
	const keyID = createHash('sha256').update(canonical).digest('hex');
	return new Key({ keyID, keyType: 'ed25519', scheme: 'ed25519', keyVal });
}
