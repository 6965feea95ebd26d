/** What the box remembers of a repository, kept as one file so that it changes whole or not at all. */
import type { Directory } from '../../runtime/directory.ts';

/** The bytes of each metadata file as they were verified. */
export interface TrustRecord {
	/** SHA-256 of the root the box was made with: another one is another trust, and starts anew. */
	readonly anchor: string;
	/** The newest root that a chain of signatures from the first one leads to. */
	readonly root: Uint8Array;
	/** The newest seen, against which older ones are refused even if what they announced never came. */
	readonly timestamp?: Uint8Array;
	readonly snapshot?: Uint8Array;
	/** The last three that belonged together. */
	readonly view?: TrustView;
}

export interface TrustView {
	readonly timestamp: Uint8Array;
	readonly snapshot: Uint8Array;
	readonly targets: Uint8Array;
}

const FILE = 'trust';

export async function writeRecord(directory: Directory, record: TrustRecord): Promise<void> {
	const { anchor, root, timestamp, snapshot, view } = record;
	const text = JSON.stringify({
		format: 1,
		anchor,
		root: toText(root),
		timestamp: timestamp && toText(timestamp),
		snapshot: snapshot && toText(snapshot),
		view: view && {
			timestamp: toText(view.timestamp),
			snapshot: toText(view.snapshot),
			targets: toText(view.targets),
		},
	});
	await directory.write(FILE, new TextEncoder().encode(text));
}

/** Undefined where there is none, or none that can be read: the first root is trusted then, as on the first day. */
export async function readRecord(directory: Directory): Promise<TrustRecord | undefined> {
	const file = await directory.read(FILE);
	if (file === undefined) return undefined;
	try {
		const { format, anchor, root, timestamp, snapshot, view } = JSON.parse(new TextDecoder().decode(file));
		if (format !== 1) return undefined;
		return {
			anchor,
			root: fromText(root),
			...(timestamp && { timestamp: fromText(timestamp) }),
			...(snapshot && { snapshot: fromText(snapshot) }),
			...(view && {
				view: {
					timestamp: fromText(view.timestamp),
					snapshot: fromText(view.snapshot),
					targets: fromText(view.targets),
				},
			}),
		};
	} catch {
		return undefined;
	}
}

// Base64, because what a signature is over are the bytes, even if they were no proper text.
function toText(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString('base64');
}

function fromText(text: string): Uint8Array {
	return Uint8Array.fromBase64(text);
}
