/**
 * What the signed repository says of a firmware release: `custom.firmware` of its targets.
 *
 * A release is two targets, the boot image and the root image. Both carry the same manifest, so that a box
 * that has found one knows what belongs to it; their own length and digest say which part each is.
 */
import { isDeepStrictEqual } from 'node:util';
import { list, oneOf, openObject, orElse, type Read, read, text, whole } from '../../runtime/field-rules.ts';
import type { Target } from '../update/target-view.ts';
import { UpdateError } from './update-error.ts';
import type { Image } from './write-marks.ts';

export const partitions = ['boot', 'root'] as const;
export type Partition = (typeof partitions)[number];

export interface UpdatePart extends Image {
	/** Where the repository has it. */
	readonly file: string;
}

// Objects are open: fields of later versions are passed over.

const digest = text('64 lower-case hexadecimal digits', /^[0-9a-f]{64}$/);
const partition = oneOf(partitions);
const length = whole('a number of bytes');
const upTo64 = { most: 64 };

/** Names of boards: they are in URLs. */
export const boardName = /^[a-z0-9][a-z0-9_-]{0,63}$/;
export const mostRelease = 0xffff_ffff;

const boardFields = openObject('an object', { board: text('the name of a board', boardName) });

const releaseFields = openObject('an object', {
	release: whole('a whole number of 32 bits', { most: mostRelease }),
	version: text('a version', /^[A-Za-z0-9][A-Za-z0-9.+-]{0,63}$/),
});

/** What makes one image of another: a target of its own, named by its path. */
const delta = openObject('what makes one image of another', {
	partition,
	/** Of the image it starts from. */
	base: digest,
	path: text('the path of a target', /^[A-Za-z0-9._/-]{1,400}$/),
});

const imageFields = openObject('an object', {
	parts: list('a list of up to 64', openObject('an image', { partition, length, sha256: digest }), upTo64),
	slotBytes: openObject('the bytes of each slot, boot and root', { boot: length, root: length }),
	deltas: orElse(list('a list of up to 64', delta, upTo64), []),
});

export type UpdateDelta = Read<typeof delta>;

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

	const { board: its } = read(boardFields, json ?? {}, { refuse: bad });
	if (its !== board) throw new UpdateError('wrong-board', `${first.path}: for ${its}, and this is ${board}`);
	const { release, version } = read(releaseFields, json, { refuse: bad });
	if (release < floor) {
		const message = `${version} is release ${release}, and this box takes none before ${floor}`;
		throw new UpdateError('downgrade-refused', message);
	}
	const { parts, slotBytes, deltas } = read(imageFields, json, { refuse: bad });
	const partOf = (name: Partition): UpdatePart => {
		const [part, ...more] = parts.filter(({ partition }) => partition === name);
		if (part === undefined || more.length > 0) throw bad(`parts must have exactly one image for ${name}`);
		const { length, sha256 } = part;
		const room = slotBytes[name];
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
		deltas,
	};
}

function fieldOf(json: unknown, name: string): unknown {
	return typeof json === 'object' && json !== null && Object.hasOwn(json, name)
		? (json as Record<string, unknown>)[name]
		: undefined;
}

function bad(what: string): UpdateError {
	return new UpdateError('bad-update', `the manifest of the firmware: ${what}`);
}
