/**
 * What a box does in whatever form it comes: as a process, as an image of a board, as a package in a program of somebody
 * else. Each form runs the same proofs, one after the other on one box that is new, and knows of the others nothing.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import type { OperatedBox } from './operated-box.ts';
import { withManifest } from './variant.ts';

export interface BoxForm {
	readonly box: OperatedBox;
	/** From one moment to the next; what had not reached the disk is lost. */
	powerCut(): Promise<void>;
	/** Resolves once the operator can talk to the box again. */
	powerOn(): Promise<void>;
}

type Proof = (t: ExecutionContext, form: BoxForm) => Promise<void>;

const done = { fault: 0, code: '' };
/** Boards are slow, and what has trapped is restarted a while later. */
const deadlineMs = 30_000;
const lookMs = 50;

/** A probe that is kept, with topics of its own. */
function kept({ probe }: OperatedBox, name: string, version = '1.0.0'): Uint8Array {
	return withManifest(probe.built.bytes, (manifest) => ({
		...manifest,
		name,
		version,
		durability: { mode: 'journal' },
		subscribes: { [`${name}.order`]: 'probe.Order', [`${name}.echo`]: 'probe.Word' },
	}));
}

async function sign(box: OperatedBox, name: string, version = '1.0.0'): Promise<string> {
	return box.sign(kept(box, name, version), `modules/${name}-${version}.wasm`);
}

/** Whether the diary has something under this key. */
async function has(box: OperatedBox, text: string): Promise<boolean> {
	return (await box.ask({ what: 'get', text }, 'diary.order', deadlineMs)).text === 'something';
}

async function put(box: OperatedBox, text: string): Promise<void> {
	await box.order({ what: 'put', text, count: 100 }, 'diary.order');
	// A question may come into the same turn, before there is an effect of it.
	while (!(await has(box, text)));
}

export const everyForm: Readonly<Record<string, Proof>> = {
	'modules that the operator installs run, and answer': async (t, { box }) => {
		for (const name of ['diary', 'neighbour']) t.deepEqual(await box.install(await sign(box, name)), done);
		t.deepEqual(await box.modules(), ['diary 1.0.0', 'neighbour 1.0.0']);
		for (const name of ['diary', 'neighbour']) await box.echo(`${name}.echo`, deadlineMs);
	},

	'one that nobody has signed is refused': async (t, { box }) => {
		const { code } = await box.install('tuf:modules/nobody-1.0.0.wasm');
		t.is(code, 'unknown-target');
		t.deepEqual(await box.modules(), ['diary 1.0.0', 'neighbour 1.0.0']);
	},

	'an update takes the place of the version before, and finds what that has kept': async (t, { box }) => {
		await put(box, 'of-one');
		t.deepEqual(await box.update('diary', await sign(box, 'diary', '2.0.0')), done);
		t.deepEqual(await box.modules(), ['diary 2.0.0', 'neighbour 1.0.0']);
		t.true(await has(box, 'of-one'));
	},

	'a service that traps is started anew, and its neighbour has not noticed': async (t, { box }) => {
		const before = await box.vm('neighbour');
		await box.order({ what: 'trap' }, 'diary.order');
		while (((await box.vm('diary'))?.restarts ?? 0) === 0) {
			await box.echo('neighbour.echo', deadlineMs);
			await pause(lookMs);
		}
		await box.echo('diary.echo', deadlineMs);
		t.true(await has(box, 'of-one'));
		t.is((await box.vm('neighbour'))?.restarts, before?.restarts);
	},

	'what a service keeps and where it was outlive a power cut': async (t, { box, powerCut, powerOn }) => {
		await put(box, 'of-two');
		const { count } = await box.ask({ what: 'get', text: 'of-two' }, 'diary.order', deadlineMs);
		await powerCut();
		await powerOn();
		t.deepEqual(await box.modules(), ['diary 2.0.0', 'neighbour 1.0.0']);
		t.deepEqual(await box.ask({ what: 'get', text: 'of-two' }, 'diary.order', deadlineMs), {
			text: 'something',
			count: count + 1,
		});
		t.true(await has(box, 'of-one'));
	},

	'a module that is removed is gone, and the one beside it is not': async (t, { box }) => {
		t.deepEqual(await box.uninstall('diary'), done);
		t.deepEqual(await box.modules(), ['neighbour 1.0.0']);
		await t.throwsAsync(box.echo('diary.echo'), { message: /nobody on this box subscribes diary\.echo/ });
		await box.echo('neighbour.echo', deadlineMs);
	},
};
