/** The client workflow of TUF 1.0.31, section 5: brings what the box knows of a repository up to date. */
import { MetadataVerifier } from './metadata-verifier.ts';
import { TrustError } from './trust-error.ts';
import type { TrustRecord, TrustView } from './trust-record.ts';

/** Most bytes the box reads of each file. */
export interface MetadataLimits {
	readonly root: number;
	readonly timestamp: number;
	readonly snapshot: number;
	readonly targets: number;
}

const MAX_ROOTS = 256;

export interface MetadataUpdate {
	readonly record: TrustRecord;
	/** Milliseconds since the Unix epoch. */
	readonly now: number;
	readonly limits: MetadataLimits;
	/** A file of the repository, undefined where there is none. Errors: `metadata-too-large` and its own. */
	readonly fetch: (file: string, maxLength: number) => Promise<Uint8Array | undefined>;
	/** Makes a record durable. */
	readonly keep: (record: TrustRecord) => Promise<void>;
}

/**
 * Fetches and verifies; every record that `keep` gets is one to trust, the last being the newest. After
 * an error the view is the one from before, but nothing older than what was seen will be believed.
 */
export async function updateMetadata({ record, now, limits, fetch, keep }: MetadataUpdate): Promise<void> {
	const verifier = new MetadataVerifier(record.root, now);
	let newest = record;

	// 5.3.2 to 5.3.8: one root after the other, each kept before the next is asked for.
	for (let count = 0; count < MAX_ROOTS; count++) {
		const root = await fetch(`${verifier.root.version + 1}.root.json`, limits.root);
		if (root === undefined) break;
		verifier.updateRoot(root);
		newest = { ...newest, root };
		await keep(newest);
	}

	const kept = newest;
	try {
		await updateView(verifier, { record: newest, now, limits, fetch, note: (step) => (newest = step) });
	} finally {
		if (newest !== kept) await keep(newest);
	}
}

interface ViewUpdate extends Omit<MetadataUpdate, 'keep'> {
	/** Takes the record as it is after each file that verified. */
	readonly note: (record: TrustRecord) => TrustRecord;
}

async function updateView(verifier: MetadataVerifier, update: ViewUpdate): Promise<void> {
	const { now, limits, fetch, note } = update;
	let { record } = update;

	// 5.4: the own one first, for what must not be undercut. If root no longer signs it, it does not count (5.3.11).
	const ownTimestamp = record.timestamp;
	if (ownTimestamp !== undefined) attempt(() => verifier.updateTimestamp(ownTimestamp));
	const timestamp = await required(fetch('timestamp.json', limits.timestamp), 'timestamp.json');
	if (verifier.updateTimestamp(timestamp)) record = note({ ...record, timestamp });
	const announced = verifier.timestamp;
	if (announced === undefined || announced.isExpired(new Date(now))) {
		throw new TrustError('metadata-expired', 'timestamp.json: the repository has none that is still valid');
	}

	// 5.5
	const ownSnapshot = record.snapshot;
	if (ownSnapshot === undefined || !attempt(() => verifier.updateSnapshot(ownSnapshot, { isOwn: true }))) {
		const { version, length = limits.snapshot } = announced.snapshotMeta;
		const file = versioned(verifier, version, 'snapshot.json');
		const snapshot = await required(fetch(file, Math.min(length, limits.snapshot)), file);
		verifier.updateSnapshot(snapshot);
		record = note({ ...record, snapshot });
	}

	// 5.6
	let targets = record.view?.targets;
	const ownTargets = targets;
	if (ownTargets === undefined || !attempt(() => verifier.updateTargets(ownTargets))) {
		const announcedTargets = verifier.snapshot?.meta['targets.json'];
		if (announcedTargets === undefined) {
			throw new TrustError('metadata-malformed', 'snapshot.json: it does not list targets.json');
		}
		const { version, length = limits.targets } = announcedTargets;
		const file = versioned(verifier, version, 'targets.json');
		targets = await required(fetch(file, Math.min(length, limits.targets)), file);
		verifier.updateTargets(targets);
	}
	const { timestamp: newTimestamp, snapshot: newSnapshot } = record;
	if (newTimestamp === undefined || newSnapshot === undefined || targets === undefined) return;
	const view = { timestamp: newTimestamp, snapshot: newSnapshot, targets };
	if (!isSameView(view, record.view)) note({ ...record, view });
}

function versioned(verifier: MetadataVerifier, version: number, file: string): string {
	return verifier.root.consistentSnapshot ? `${version}.${file}` : file;
}

async function required(fetched: Promise<Uint8Array | undefined>, file: string): Promise<Uint8Array> {
	const bytes = await fetched;
	if (bytes === undefined)
		throw new TrustError('metadata-missing', `${file}: the repository does not have it`);
	return bytes;
}

function attempt(verify: () => unknown): boolean {
	try {
		verify();
		return true;
	} catch {
		return false;
	}
}

function isSameView(one: TrustView, other: TrustView | undefined): boolean {
	if (other === undefined) return false;
	return (['timestamp', 'snapshot', 'targets'] as const).every(
		(file) => Buffer.compare(one[file], other[file]) === 0,
	);
}
