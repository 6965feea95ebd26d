// The box is killed at any moment while two journalled services give each other work: they lose and double nothing.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import { ControllerError } from '../../controller/controller-error.ts';
import { seededRandom } from '../link/random.ts';
import { TestBox } from './test-box.ts';
import { withManifest } from './variant.ts';

const cuts = 6;
const services = ['left', 'right'] as const;
type Service = (typeof services)[number];
/** Both tell both to go on, so many times. */
const links = 4;
/** Orders that come of one that is obeyed: itself, and those that both are told with each further link. */
const ordersOfOne = 2 ** (links + 1) - 1;

const box = await TestBox.start();
const { probe, stage } = box;
for (const name of services) {
	const bytes = withManifest(probe.built.bytes, (manifest) => ({
		...manifest,
		name,
		publishes: { 'probe.out': 'probe.Word', 'pair.order': 'probe.Order' },
		subscribes: {
			'pair.order': 'probe.Order',
			[`${name}.order`]: 'probe.Order',
			[`${name}.echo`]: 'probe.Word',
		},
		durability: { mode: 'journal' },
	}));
	await box.install(await box.sign(bytes, `modules/${name}.wasm`));
}

test.after.always(() => box[Symbol.asyncDispose]());

/** Answers that each service has given, by the orders it had had by then. */
const answers: Record<Service, number[]> = { left: [], right: [] };

/** Asks how many orders it has had; this is one of them. */
async function ask(service: Service): Promise<number> {
	const Payload = Buffer.from(probe.order({ what: 'answer' })).toString('base64');
	const answer = await stage.operator.operate(
		'Device.X_MULLION_Bus.Request()',
		{ Topic: `${service}.order`, Payload, DeadlineMs: '10000' },
		{ isSync: true },
	);
	const { count } = probe.word(Buffer.from(answer['Payload'] ?? '', 'base64'));
	answers[service].push(count);
	return count;
}

const isNoAnswer = (error: unknown): boolean =>
	error instanceof ControllerError && error.code === 'no-answer';

/** Resolves once this one answers: a box that is coming up on a busy machine may take longer than an answer may. */
async function answersAgain(service: Service): Promise<void> {
	for (;;) {
		try {
			return await box.echo(`${service}.echo`);
		} catch (error) {
			if (!isNoAnswer(error)) throw error;
		}
	}
}

/** Resolves once nothing is on its way between them: neither gets anything but our questions. */
async function comesToRest(): Promise<void> {
	for (const service of services) await answersAgain(service);
	for (let before = [0, 0]; ; ) {
		const now = [await ask('left'), await ask('right')];
		if (now.every((count, at) => count === (before[at] ?? 0) + 1)) return;
		before = now;
	}
}

/** Orders that each has surely had: it answered behind them. */
const certain: Record<Service, number> = { left: 0, right: 0 };

/**
 * Gives both work again and again until it is told to stop, and has one of them answer, so that what it has
 * done until then is not to be undone. What the box does not answer may be lost.
 */
function work(onSent: () => void): { stop: () => Promise<void> } {
	let isOver = false;
	let sent = 0;
	const had: Record<Service, number> = { left: 0, right: 0 };
	const working = (async () => {
		while (!isOver) {
			const service = services[sent % services.length] as Service;
			try {
				await box.order({ what: 'chain', count: links }, 'pair.order');
				sent++;
				onSent();
				await box.echo(`${service}.echo`);
				// One that waited through a cut is answered by the next life.
				if (!isOver) had[service] = sent;
			} catch (error) {
				if (!isNoAnswer(error)) throw error;
			}
		}
		for (const service of services) certain[service] += had[service];
	})();
	working.catch(() => undefined);
	return {
		stop: () => {
			isOver = true;
			return working;
		},
	};
}

test.serial(
	'whenever the box is killed, its journalled services lose nothing and double nothing',
	async (t) => {
		const random = seededRandom(31);
		let sent = 0;
		for (let cut = 0; cut < cuts; cut++) {
			const goal = sent + 1 + Math.floor(random() * 8);
			const { promise: isAtWork, resolve } = Promise.withResolvers<void>();
			const working = work(() => {
				if (++sent >= goal) resolve();
			});
			await isAtWork;
			await pause(random() * 30);
			await stage.powerCut();
			const stopped = working.stop();
			await stage.powerOn();
			await stopped;
			await comesToRest();
		}

		for (const service of services) {
			const given = answers[service];
			// An answer that somebody has was given for good.
			t.true(given.every((count, at) => count > (given[at - 1] ?? 0)));
		}
		const had = services.map((service) => (answers[service].at(-1) ?? 0) - answers[service].length);
		const [left = 0, right = 0] = had;
		const obeyed = (left + right) / ordersOfOne;
		t.true(Number.isInteger(obeyed), `${left} and ${right} orders are not whole chains of ${ordersOfOne}`);
		// The rest of them came from the operator: what each had answered behind, and no more than was sent.
		const sentTo = had.map((orders) => orders - (obeyed * (ordersOfOne - 1)) / 2);
		for (const [at, service] of services.entries()) {
			const orders = sentTo[at] ?? 0;
			t.true(orders >= certain[service] && orders <= sent + cuts, `${certain[service]} ${orders} ${sent}`);
		}
		t.deepEqual(
			box.lines.filter((line) => /state-lost|replay-differs|brought back|cannot be read/.test(line)),
			[],
		);
		t.log(`${left} and ${right} orders, of them ${sentTo.join(' and ')} of ${sent} from the operator`);
	},
);

test.serial(
	'a box whose journal was damaged while it was off tells of the loss, and its services go on',
	async (t) => {
		const before = [await ask('left'), await ask('right')];
		await stage.powerCut();
		await flipBit(join(box.directory, 'box', 'state', 'cells', 'open-interactive', 'journal'));
		const from = box.lines.length;
		await stage.powerOn();
		for (const service of services)
			await box.line(new RegExp(`${service}: state-lost: the journal is damaged`), from);
		await comesToRest();
		const after = services.map((service) => answers[service].at(-1) ?? 0);
		t.true(after.some((count, at) => count < (before[at] ?? 0)));
		t.deepEqual(await box.modules(), ['left 0.1.0', 'right 0.1.0']);
	},
);

/** In the midst of the largest segment. */
async function flipBit(folder: string): Promise<void> {
	const segments = await Promise.all(
		(await readdir(folder)).map(async (name) => ({
			path: join(folder, name),
			bytes: await readFile(join(folder, name)),
		})),
	);
	const [largest] = segments.toSorted((a, b) => b.bytes.length - a.bytes.length);
	if (largest === undefined) throw new Error(`${folder} is empty`);
	const { path, bytes } = largest;
	bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
	await writeFile(path, bytes);
}
