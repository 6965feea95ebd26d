/**
 * What services say to each other on a box, whoever carries it: the platform, or a container VM. Each carrier has the
 * same proofs, one after the other on one box that is new.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import type { Word } from '../../../modules/probe/testbed.ts';
import type { BoxForm } from './every-form.ts';
import type { OperatedBox } from './operated-box.ts';
import { withManifest } from './variant.ts';

type Proof = (t: ExecutionContext, form: BoxForm) => Promise<void>;

const lookMs = 50;
const done = { fault: 0, code: '' };
const says = { 'probe.out': 'probe.Word' };
const journalled = { durability: { mode: 'journal' } };

/** A probe with a name, and topics, of its own. */
async function install(box: OperatedBox, name: string, fields: object, version = '1.0.0'): Promise<string> {
	const bytes = withManifest(box.probe.built.bytes, (manifest) => ({
		...manifest,
		name,
		version,
		publishes: says,
		subscribes: { [`${name}.order`]: 'probe.Order', [`${name}.echo`]: 'probe.Word' },
		...fields,
	}));
	return box.sign(bytes, `modules/${name}-${version}.wasm`);
}

/** What a service says to the box while something is done, so many words. */
async function said(box: OperatedBox, vm: string, count: number, act: () => Promise<void>): Promise<Word[]> {
	const args = { Trace: `proof-${vm}`, Topics: 'probe.out', Vm: vm };
	const read = async (): Promise<Word[]> => {
		const { Messages = '[]' } = await box.operator.operate('Device.X_MULLION_Trace.Read()', args, {
			isSync: true,
		});
		const messages = JSON.parse(Messages) as { Payload: string }[];
		return messages.map(({ Payload }) => box.probe.word(Uint8Array.fromBase64(Payload)));
	};
	await read();
	await act();
	const words: Word[] = [];
	while (words.length < count) {
		words.push(...(await read()));
		await pause(lookMs);
	}
	await box.operator.operate('Device.X_MULLION_Trace.End()', args, { isSync: true });
	return words;
}

const textsOf = (words: readonly Word[]): string[] => words.map(({ text }) => text);

/** Orders that a probe has had; the question is one. */
async function orders(box: OperatedBox, name: string): Promise<number> {
	return (await box.ask({ what: 'answer' }, `${name}.order`, 30_000)).count;
}

export const messageProofs: Readonly<Record<string, Proof>> = {
	'messages between cells come once and in the order they were said': async (t, { box }) => {
		const tells = {
			...says,
			'far.echo': 'probe.Word',
			'all.order': 'probe.Order',
			'probe.order': 'probe.Order',
		};
		const near = await install(box, 'near', { publishes: tells });
		t.deepEqual(await box.install(near), done);
		const serves = { 'far.order': 'probe.Order', 'far.echo': 'probe.Word', 'probe.order': 'probe.Order' };
		t.deepEqual(
			await box.install(await install(box, 'far', { priority: 'background', subscribes: serves })),
			done,
		);
		const words = await said(box, 'far', 20, async () => {
			for (let count = 0; count < 20; count++)
				await box.order({ what: 'tell', text: 'far.echo', count: 3 }, 'near.order');
		});
		t.deepEqual(
			words,
			Array.from({ length: 20 }, (_, index) => ({ text: 'xxx', count: index + 1 })),
		);
	},

	'a message of three kilobytes arrives as it was': async (t, { box }) => {
		const order = { what: 'tell', text: 'far.echo', count: 3000 } as const;
		const words = await said(box, 'far', 1, () => box.order(order, 'near.order'));
		t.deepEqual(textsOf(words), ['x'.repeat(3000)]);
	},

	'a request is answered, refused, left alone, and denied where nobody serves it': async (t, { box }) => {
		const ask = (text: string, count = 5000) =>
			said(box, 'near', 1, () => box.order({ what: 'ask', text, count }, 'near.order'));
		t.deepEqual(textsOf(await ask('answer')), ['answered an answer']);
		t.deepEqual(textsOf(await ask('refuse')), ['failed 2']);
		t.deepEqual(textsOf(await ask('silence', 100)), ['failed 1']);
		t.deepEqual(await box.uninstall('far'), done);
		t.deepEqual(textsOf(await ask('answer')), ['failed 0']);
	},

	'a message reaches everyone who subscribes it, once each': async (t, { box }) => {
		const names = ['one', 'two', 'three'];
		for (const [index, name] of names.entries()) {
			const domain = index === 1 ? 'authorized' : 'open';
			const subscribes = { 'all.order': 'probe.Order', [`${name}.order`]: 'probe.Order' };
			t.deepEqual(await box.install(await install(box, name, { domain, subscribes })), done);
		}
		for (let count = 0; count < 10; count++)
			await box.order({ what: 'tell', text: 'all.order', count: 1 }, 'near.order');
		t.true((await orders(box, 'near')) > 10);
		for (const name of names) {
			let asked = 1;
			while ((await orders(box, name)) - asked < 10) asked++;
			t.is(await orders(box, name), 10 + asked + 1, name);
			t.deepEqual(await box.uninstall(name), done);
		}
	},

	'a service that is replaced gets what is said from then on': async (t, { box }) => {
		t.deepEqual(await box.install(await install(box, 'far', {}, '2.0.0')), done);
		const order = { what: 'tell', text: 'far.echo', count: 1 } as const;
		let isOver = false;
		const telling = (async () => {
			while (!isOver) await box.order(order, 'near.order');
		})();
		t.deepEqual(
			await box.update('far', await install(box, 'far', { priority: 'background' }, '3.0.0')),
			done,
		);
		isOver = true;
		await telling;
		const before = await orders(box, 'near');
		const words = await said(box, 'far', 5, async () => {
			for (let count = 0; count < 5; count++) await box.order(order, 'near.order');
		});
		t.deepEqual(
			words.slice(-5).map(({ count }) => count),
			[1, 2, 3, 4, 5].map((count) => before + count),
		);
	},

	'journalled services lose and double nothing, whenever the power goes': async (
		t,
		{ box, powerCut, powerOn },
	) => {
		const left = { publishes: { ...says, 'right.order': 'probe.Order' }, ...journalled };
		t.deepEqual(await box.install(await install(box, 'left', left)), done);
		t.deepEqual(
			await box.install(await install(box, 'right', { priority: 'background', ...journalled })),
			done,
		);
		const questions = { left: 0, right: 0 };
		/** Without our questions. One that was answered is not undone; one that was not may be. */
		const had = async (name: 'left' | 'right'): Promise<number> =>
			(await orders(box, name)) - ++questions[name];
		for (let cut = 0; cut < 4; cut++) {
			for (let count = 0; count < 10 + cut; count++)
				await box.order({ what: 'tell', text: 'right.order', count: 1 }, 'left.order');
			if (cut % 2 === 0) await had('left');
			await powerCut();
			await powerOn();
			const obeyed = await had('left');
			let heard = await had('right');
			while (heard < obeyed) heard = await had('right');
			// What would come twice would have come by then: it is said again before what is new.
			await box.order({ what: 'tell', text: 'right.order', count: 1 }, 'left.order');
			while (heard < obeyed + 1) heard = await had('right');
			t.is(heard, await had('left'), `after cut ${cut}`);
		}
	},
};
