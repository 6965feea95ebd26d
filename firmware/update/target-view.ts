/** What a set of verified metadata says about targets. */
import { MetadataVerifier } from './metadata-verifier.ts';
import type { TrustRecord } from './trust-record.ts';

/** A file the repository vouches for. */
export interface Target {
	/** Its name, such as `modules/clock-1.0.0.wasm`. */
	readonly path: string;
	/** Where the repository has its bytes (TUF 6.2: consistent snapshots put the digest before the name). */
	readonly file: string;
	readonly length: number;
	/** 64 lower-case hexadecimal digits. */
	readonly sha256: string;
	/** What its signer says of it, any JSON object. */
	readonly custom: Readonly<Record<string, unknown>>;
}

export interface View {
	/** In order of their paths. */
	readonly targets: readonly Target[];
	/** When the first of its files expires, milliseconds since the Unix epoch. */
	readonly expires: number;
	target(path: string): Target | undefined;
}

/** Undefined where the record has no view, or one that its root does not sign. */
export function openView({ root, view }: Pick<TrustRecord, 'root' | 'view'>): View | undefined {
	// Nothing has expired at time 0: whether the view has is for each use of it to see.
	const verifier = new MetadataVerifier(root, 0);
	if (view === undefined) return undefined;
	try {
		verifier.updateTimestamp(view.timestamp);
		verifier.updateSnapshot(view.snapshot);
		verifier.updateTargets(view.targets);
	} catch {
		return undefined;
	}
	const { timestamp, snapshot, targets } = verifier;
	const expiries = [verifier.root, timestamp, snapshot, targets].map((file) =>
		Date.parse(file?.expires ?? ''),
	);
	const byPath = new Map<string, Target>();
	for (const [path, { length, hashes, custom }] of Object.entries(targets?.targets ?? {})) {
		// Other hashes are allowed by TUF; everything here is named and checked by its SHA-256.
		const sha256 = hashes['sha256'];
		if (sha256 === undefined || !/^[0-9a-f]{64}$/.test(sha256)) continue;
		const file = fileOf(path, verifier.root.consistentSnapshot ? `${sha256}.` : '');
		byPath.set(path, { path, file, length, sha256, custom });
	}
	return {
		targets: [...byPath.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1)),
		expires: Math.min(...expiries),
		target: (path) => byPath.get(path),
	};
}

function fileOf(path: string, prefix: string): string {
	const name = path.lastIndexOf('/') + 1;
	return `targets/${path.slice(0, name)}${prefix}${path.slice(name)}`;
}
