/**
 * What the signed repository says of a firmware release: `custom.firmware` of its targets.
 *
 * A release is two targets, the boot image and the root image. Both carry the same manifest, so that a box
 * that has found one knows what belongs to it; their own length and digest say which part each is.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Target } from '../update/target-view.ts';
import { UpdateError } from './update-error.ts';
import type { Image } from './write-marks.ts';

export const partitions = ['boot', 'root'] as const;
export type Partition = (typeof partitions)[number];

export interface UpdatePart extends Image {
	/** Where the repository has it. */
	readonly file: string;
}

/** What makes one image of another: a target of its own, named by its path. */
export interface UpdateDelta {
	readonly partition: Partition;
	/** SHA-256 of the image it starts from. */
	readonly base: string;
	readonly path: string;
}

export interface FirmwareUpdate {
	readonly board: string;
	/** For people. */
	readonly version: string;
	/** Grows with every release of a board: what is older and newer is said by this alone. */
	readonly release: number;
	readonly parts: Readonly<Record<Partition, UpdatePart>>;
	readonly deltas: readonly UpdateDelta[];
}

export interface UpdateDemand {
	readonly board: string;
	/** Older releases are refused. */
	readonly floor: number;
}

type ReleaseTarget = Pick<Target, 'path' | 'file' | 'length' | 'sha256' | 'custom'>;

/** Releases for a board that the repository has, newest first, each with its targets. */
export function releasesFor(
	board: string,
	targets: readonly ReleaseTarget[],
): { readonly release: number; readonly targets: readonly ReleaseTarget[] }[] {
	const ofBoard = targets.filter(({ custom }) => fieldOf(custom['firmware'], 'board') === board);
	const byRelease = Map.groupBy(ofBoard, ({ custom }) => fieldOf(custom['firmware'], 'release'));
	return [...byRelease]
		.flatMap(([release, targets]) => (typeof release === 'number' ? [{ release, targets }] : []))
		.toSorted((a, b) => b.release - a.release);
}

/**
 * @param targets those of one release
 * @throws UpdateError `wrong-board`, `downgrade-refused`, `bad-update`
 */
export function parseUpdate(
	targets: readonly ReleaseTarget[],
	{ board, floor }: UpdateDemand,
): FirmwareUpdate {
	const [first, ...others] = targets;
	if (first === undefined) throw bad('there is no target');
	const json = first.custom['firmware'];
	const differs = others.find(({ custom }) => !isDeepStrictEqual(custom['firmware'], json));
	if (differs !== undefined) throw bad(`${first.path} and ${differs.path} do not carry the same manifest`);

	const its = text(json, 'board', /^[a-z0-9][a-z0-9_-]{0,63}$/);
	if (its !== board) throw new UpdateError('wrong-board', `${first.path}: for ${its}, and this is ${board}`);
	const release = whole(json, 'release', 0xffff_ffff);
	const version = text(json, 'version', /^[A-Za-z0-9][A-Za-z0-9.+-]{0,63}$/);
	if (release < floor) {
		const message = `${version} is release ${release}, and this box takes none before ${floor}`;
		throw new UpdateError('downgrade-refused', message);
	}
	const parts = list(json, 'parts').map((part) => ({ partition: partition(part), image: image(part) }));
	const partOf = (name: Partition): UpdatePart => {
		const [part, ...more] = parts.filter(({ partition }) => partition === name);
		if (part === undefined || more.length > 0) throw bad(`parts must have exactly one image for ${name}`);
		const { length, sha256 } = part.image;
		const room = whole(fieldOf(json, 'slotBytes'), name, Number.MAX_SAFE_INTEGER);
		if (length > room) throw bad(`the ${name} image has ${length} bytes, and its slot ${room}`);
		const target = targets.find((one) => one.sha256 === sha256 && one.length === length);
		if (target === undefined) throw bad(`no target is the ${name} image of the manifest`);
		return { length, sha256, file: target.file };
	};
	return {
		board,
		version,
		release,
		parts: { boot: partOf('boot'), root: partOf('root') },
		deltas: deltas(json),
	};
}

function deltas(json: unknown): UpdateDelta[] {
	if (fieldOf(json, 'deltas') === undefined) return [];
	return list(json, 'deltas').map((delta) => ({
		partition: partition(delta),
		base: text(delta, 'base', digest),
		path: text(delta, 'path', /^[A-Za-z0-9._/-]{1,400}$/),
	}));
}

const digest = /^[0-9a-f]{64}$/;

function image(json: unknown): Image {
	return { length: whole(json, 'length', Number.MAX_SAFE_INTEGER), sha256: text(json, 'sha256', digest) };
}

function partition(json: unknown): Partition {
	const name = fieldOf(json, 'partition');
	const known = partitions.find((one) => one === name);
	if (known === undefined) throw bad(`partition must be one of ${partitions.join(', ')}`);
	return known;
}

function list(json: unknown, name: string): unknown[] {
	const value = fieldOf(json, name);
	if (!Array.isArray(value) || value.length > 64) throw bad(`${name} must be a list of up to 64`);
	return value;
}

function text(json: unknown, name: string, pattern: RegExp): string {
	const value = fieldOf(json, name);
	if (typeof value !== 'string' || !pattern.test(value)) throw bad(`${name} must be a text like ${pattern}`);
	return value;
}

function whole(json: unknown, name: string, most: number): number {
	const value = fieldOf(json, name);
	if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1 || value > most)
		throw bad(`${name} must be a whole number from 1 to ${most}`);
	return value;
}

function fieldOf(json: unknown, name: string): unknown {
	return typeof json === 'object' && json !== null && Object.hasOwn(json, name)
		? (json as Record<string, unknown>)[name]
		: undefined;
}

function bad(what: string): UpdateError {
	return new UpdateError('bad-update', `the manifest of the firmware: ${what}`);
}
