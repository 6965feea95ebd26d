// The script of the boot loader, run by U-Boot itself, against the rules it has to follow.
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { loadBoard } from '../../../../firmware/image/board.ts';
import { makeBootLoader } from '../../../../firmware/image/boot-loader.ts';
import { makeDisk } from '../../../../firmware/image/disk.ts';
import { partitionsOf } from '../../../../firmware/image/partitions.ts';
import { signingKey } from '../../../../firmware/image/signing-key.ts';
import { fetchSources } from '../../../../firmware/image/sources.ts';
import {
	type BootState,
	copyBytes,
	copyPlaces,
	decodeBootState,
	encodeBootState,
	lostBootState,
} from '../../../../firmware/slots/boot-state.ts';
import { chooseSlot } from '../../../../firmware/slots/choose-slot.ts';
import type { Board } from '../../board/board.ts';
import { openBoardRun } from '../../board/board-run.ts';
import { boardHere } from '../../board/claim.ts';

const needs = ['power', 'flash', 'reset'] as const;
const board = await loadBoard(boardHere());
const run = await openBoardRun('boot script');
test.after.always(() => run[Symbol.asyncDispose]());

/** A disk with a boot state and nothing to start: U-Boot chooses, finds no image, and starts anew. */
async function emptyDisk(t: ExecutionContext, copies: readonly (Uint8Array | undefined)[]) {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-boot-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	const bootstate = new Uint8Array(copyPlaces[1] + copyBytes);
	for (const [index, copy] of copies.entries())
		bootstate.set(copy ?? new Uint8Array(copyBytes), copyPlaces[index]);
	const disk = join(folder, 'disk.img');
	await makeDisk({ board, file: disk, contents: { bootstate }, folder });
	await signingKey(folder);
	const loader = { board, keys: folder, debian: (await fetchSources(board)).debian };
	return { disk, ...(await makeBootLoader({ ...loader, folder, out: folder })) };
}

async function statesOf(disk: string): Promise<(BootState | undefined)[]> {
	const start = partitionsOf(board).find(({ name }) => name === 'bootstate')?.start ?? 0;
	await using file = await open(disk);
	return Promise.all(
		copyPlaces.map(async (place) => {
			const copy = new Uint8Array(copyBytes);
			await file.read(copy, 0, copyBytes, start + place);
			return decodeBootState(copy);
		}),
	);
}

interface StartsOptions {
	readonly box: Board;
	/** Of the boot state. */
	readonly copies: readonly (Uint8Array | undefined)[];
	readonly starts: number;
}

/** What U-Boot makes of these copies in so many starts. */
async function afterStarts(t: ExecutionContext, { box, copies, starts }: StartsOptions) {
	const image = await emptyDisk(t, copies);
	await box.flash(image, { writes: 'in-place' });
	const slots: string[] = [];
	await box.power.on();
	for (let left = starts; left > 0; left--) {
		const { groups } = await box.serial.expect(/starting slot ([ab])/);
		slots.push(groups[0] ?? '');
		await box.serial.expect(/resetting \.\.\./);
	}
	await box.power.off();
	return { slots: slots.join(''), states: await statesOf(image.disk) };
}

/** The same by the rules. */
function byTheRules(state: BootState, starts: number): { slots: string; state: BootState } {
	let slots = '';
	for (let left = starts; left > 0; left--) {
		const { slot, next } = chooseSlot(state);
		slots += slot;
		state = next;
	}
	return { slots, state };
}

const onTrial: BootState = {
	seq: 0x1fe,
	order: ['b', 'a'],
	a: { left: 3, isGood: true },
	b: { left: 2, isGood: false },
	floor: 1_795_000_000,
	reason: 'not-started',
};

test('a slot on trial is started as often as it may be, then the good one, and what is said of it stays', async (t) => {
	await run.test(t.title, { needs }, async (box) => {
		const { slots, states } = await afterStarts(t, {
			box,
			copies: [encodeBootState(onTrial), undefined],
			starts: 6,
		});
		const expected = byTheRules(onTrial, 6);
		t.is(slots, expected.slots);
		t.deepEqual(states.toSorted((a, b) => (b?.seq ?? 0) - (a?.seq ?? 0))[0], expected.state);
	});
});

test('the newer copy counts, wherever it is, and the older one is written', async (t) => {
	await run.test(t.title, { needs }, async (box) => {
		const older = { ...onTrial, seq: 0x1fd, order: ['a', 'b'] } as const;
		const { slots, states } = await afterStarts(t, {
			box,
			copies: [encodeBootState(older), encodeBootState(onTrial)],
			starts: 1,
		});
		t.is(slots, 'b');
		t.deepEqual(states, [byTheRules(onTrial, 1).state, onTrial]);
	});
});

test('without a copy that is whole both slots are tried in turn', async (t) => {
	await run.test(t.title, { needs }, async (box) => {
		const torn = encodeBootState(onTrial).fill(0, 60);
		const { slots, states } = await afterStarts(t, { box, copies: [torn, undefined], starts: 8 });
		const expected = byTheRules(lostBootState, 8);
		t.is(slots, expected.slots);
		t.deepEqual(states.toSorted((a, b) => (b?.seq ?? 0) - (a?.seq ?? 0))[0], {
			...expected.state,
			reason: 'boot-state-lost',
		});
	});
});
