/** Gives a test the board it needs: `await using board = await claim({ needs: ['watchdog'] })`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Board, type BoardFeature, boardFeatures } from './board.ts';
import { BoardError } from './board-error.ts';
import { type BoardParts, ClaimedBoard } from './claimed-board.ts';
import { labOffer } from './lab-board.ts';
import { readLabFile } from './lab-file.ts';
import type { QemuMachine } from './qemu-arguments.ts';
import { openQemuBoard } from './qemu-board.ts';
import { emulatorOf, usualBoard } from './qemu-requirements.ts';

/** A board that can be had, and what it has. */
export interface BoardOffer {
	readonly name: string;
	readonly features: ReadonlySet<BoardFeature>;
	/** @param folder for its files; removed after the test @throws BoardError `board-busy`, `missing-tool` */
	open(options: { readonly needs: ReadonlySet<BoardFeature>; readonly folder: string }): Promise<BoardParts>;
}

export interface ClaimOptions {
	readonly needs: readonly BoardFeature[];
	/** The first that has what is needed and is free. Default: `offersHere()`. */
	readonly offers?: readonly BoardOffer[];
}

/** As many as are asked for, each of its own. */
export function qemuOffer(machine: QemuMachine = {}): BoardOffer {
	return {
		name: usualBoard,
		features: new Set(Object.keys(boardFeatures) as BoardFeature[]),
		open: (options) => openQemuBoard({ ...options, machine }),
	};
}

/** Of a board of `firmware/image/boards` that QEMU makes. @throws BoardError `board-lacks` */
export async function emulatedOffer(name: string): Promise<BoardOffer> {
	const { lacks = [] } = await emulatorOf(name);
	const features = (Object.keys(boardFeatures) as BoardFeature[]).filter((one) => !lacks.includes(one));
	return {
		name,
		features: new Set(features),
		open: (options) => openQemuBoard({ ...options, name }),
	};
}

/** Which board images are built for and tried on: `MULLION_BOARD`, or else the usual one. */
export function boardHere(environment = process.env): string {
	return environment['MULLION_BOARD'] ?? usualBoard;
}

/**
 * The boards of the lab whose description `MULLION_LAB` names, or else a QEMU of the board here.
 * @throws BoardError `bad-lab-file`, `board-lacks`
 */
export async function offersHere(environment = process.env): Promise<BoardOffer[]> {
	const labFile = environment['MULLION_LAB'];
	if (labFile !== undefined) return (await readLabFile(labFile)).map(labOffer);
	return [await emulatedOffer(boardHere(environment))];
}

/** The board is off. @throws BoardError `board-lacks` with what each one lacks, `board-busy`, `missing-tool` */
export async function claim({ needs, offers }: ClaimOptions): Promise<Board> {
	const features = new Set(needs);
	const reasons: string[] = [];
	let busy: BoardError | undefined;
	for (const { name, features: has, open } of offers ?? (await offersHere())) {
		const lacking = features.difference(has);
		if (lacking.size > 0) {
			reasons.push(`${name} has no ${[...lacking].join(', ')}`);
			continue;
		}
		try {
			return await openIn((folder) => open({ needs: features, folder }), features);
		} catch (error) {
			if (!(error instanceof BoardError && error.code === 'board-busy')) throw error;
			busy = error;
		}
	}
	throw busy ?? new BoardError('board-lacks', reasons.join('; ') || 'no board is on offer');
}

async function openIn(
	open: (folder: string) => Promise<BoardParts>,
	features: ReadonlySet<BoardFeature>,
): Promise<Board> {
	await using stack = new AsyncDisposableStack();
	const folder = await mkdtemp(join(tmpdir(), 'mullion-board-'));
	stack.defer(() => rm(folder, { recursive: true, force: true }));
	const parts = stack.use(await open(folder));
	return new ClaimedBoard({ parts, features, held: stack.move() });
}
