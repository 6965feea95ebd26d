// What a service does wrong while it runs is its own misfortune: its neighbours answer all along.
import test, { type ExecutionContext } from 'ava';
import type { Order } from '../../../modules/probe/testbed.ts';
import { ControllerError } from '../../controller/controller-error.ts';
import { handMade } from './hand-made.ts';
import { type Beats, Pulse } from './pulse.ts';
import { TestBox } from './test-box.ts';
import { type Json, withManifest } from './variant.ts';

const box = await TestBox.start();
const { built } = box.probe;

const variant = (changes: Json): Uint8Array =>
	withManifest(built.bytes, (manifest) => ({ ...manifest, publishes: {}, subscribes: {}, ...changes }));
const budget = { memoryPages: 64, turnMs: 100, inboxMessages: 1024, effectsPerTurn: 512 };

/** One neighbour in the cell of the hostile service, one in the other cell. */
await box.install(await box.publish(built));
await box.install(
	await box.sign(
		variant({
			name: 'far',
			domain: 'authorized',
			subscribes: { 'far.echo': { type: 'probe.Word', whenFull: 'drop-oldest' } },
		}),
		'modules/far.wasm',
	),
);
await box.install(
	await box.sign(
		variant({
			name: 'hostile',
			publishes: {
				'probe.out': 'probe.Word',
				'probe.echo': 'probe.Word',
				'far.echo': 'probe.Word',
				'hostile.order': 'probe.Order',
			},
			subscribes: { 'hostile.order': 'probe.Order' },
			budget,
		}),
		'modules/hostile.wasm',
	),
);

test.after.always(() => box[Symbol.asyncDispose]());

const order = (what: Order): Promise<void> => box.order(what, 'hostile.order');

interface Watched {
	readonly near: Beats;
	readonly far: Beats;
}

/** Runs `harm` while both neighbours are asked without a pause. */
async function watched(harm: () => Promise<void>): Promise<Watched> {
	const near = new Pulse(box, 'probe.echo');
	const far = new Pulse(box, 'far.echo');
	try {
		await harm();
	} finally {
		await Promise.all([near.stop(), far.stop()]);
	}
	return { near: await near.stop(), far: await far.stop() };
}

/** Nobody was kept waiting or turned down. */
function isUnharmed(t: ExecutionContext, { near, far }: Watched): void {
	t.true(near.answers > 0 && far.answers > 0, `${near.answers} near, ${far.answers} far`);
	t.deepEqual(far.failures, []);
	t.deepEqual(near.failures, []);
}

/** Each has so many failures at most: what follows starts with none. */
async function forgive(): Promise<void> {
	const from = box.lines.length;
	await box.restart('hostile');
	// Of this start, and of none that it came to by itself before it was told to.
	const start = await box.line(/hostile: stopped -> starting: started again/, from);
	await box.line(/hostile: starting -> running/, box.lines.indexOf(start, from));
}

const faults: Record<string, { order: Order; reason: RegExp }> = {
	'loops in a turn': {
		order: { what: 'loop' },
		reason: /over-budget: hostile: a turn used up its budget of 100 ms/,
	},
	traps: { order: { what: 'trap' }, reason: /trapped: / },
	'recurses without end': { order: { what: 'recurse' }, reason: /trapped: / },
	'takes all the memory it can get': { order: { what: 'grow' }, reason: /trapped: / },
	'returns more effects than its budget': {
		order: { what: 'flood', count: 513 },
		reason: /flooded: hostile returned 513 effects/,
	},
	'sets more timers than there are': { order: { what: 'storm', count: 257 }, reason: /flooded: .* timers/ },
	'keeps more than its quota': {
		order: { what: 'put', text: 'key', count: 2000 },
		reason: /over-quota: hostile would keep/,
	},
};

for (const [what, { order: bad, reason }] of Object.entries(faults)) {
	test.serial(`a service that ${what} is reported, comes back, and harms nobody`, async (t) => {
		const from = box.lines.length;
		const beats = await watched(async () => {
			await order(bad);
			// A second chance, alone, and then it is set aside for good.
			const aside = await box.line(/error box: hostile: a message on hostile\.order .* was set aside/, from);
			await box.line(/hostile: starting -> running/, box.lines.indexOf(aside, from));
		});

		const said = box.lines.slice(from).filter((line) => /hostile: running -> backing-off/.test(line));
		t.is(said.length, 2);
		for (const line of said) t.regex(line, reason);
		isUnharmed(t, beats);
		await forgive();
		t.like(await box.vm('hostile'), { state: 'running' });
	});
}

test.serial('who asked a service that never ends its turn is refused when it is stopped', async (t) => {
	const Payload = box.probe.order({ what: 'loop' }).toBase64();
	const error = await t.throwsAsync<ControllerError>(
		box.stage.operator.operate(
			'Device.X_MULLION_Bus.Request()',
			{ Topic: 'hostile.order', Payload, DeadlineMs: '60000' },
			{ isSync: true },
		),
		{ instanceOf: ControllerError },
	);
	t.is(error.reason, 'refused');
	await forgive();
});

test.serial(
	'a service that fails too often is parked, the operator sees why, and can start it again',
	async (t) => {
		const from = box.lines.length;
		const restarts = (await box.vm('hostile'))?.restarts ?? 0;
		for (let left = 3; left > 0; left--) await order({ what: 'trap' });
		await box.line(/warn box: hostile: backing-off -> parked: failed too often; last: trapped/, from);

		const rows = await box.stage.operator.get(['Device.SoftwareModules.ExecutionUnit.']);
		const row = Object.values(rows).find(({ EUID }) => EUID === 'hostile');
		t.like(row, {
			X_MULLION_State: 'parked',
			ExecutionFaultCode: 'FailureWhileActive',
			X_MULLION_Restarts: `${restarts + 5}`,
		});
		t.regex(row?.['ExecutionFaultMessage'] ?? '', /failed too often; last: trapped/);
		await t.throwsAsync(order({ what: 'count' }), {
			instanceOf: ControllerError,
			message: /hostile, which subscribes hostile\.order, is parked: failed too often; last: trapped/,
		});
		await forgive();
		await order({ what: 'count' });
		t.like(await box.vm('hostile'), { state: 'running' });
	},
);

test.serial(
	'what nobody hears is told apart: nobody asks for it, or the rules of the box keep it',
	async (t) => {
		const subscribes = { 'media.secret': 'probe.Word' };
		await box.install(await box.sign(variant({ name: 'curious', subscribes }), 'modules/curious.wasm'));

		await t.throwsAsync(box.publishOn('media.secret', new Uint8Array()), {
			message: /curious asks for media\.secret, which the rules of this box keep from it/,
		});
		await t.throwsAsync(box.publishOn('nobody.hears', new Uint8Array()), {
			message: /nobody on this box subscribes nobody\.hears/,
		});
		t.deepEqual(await box.uninstall('curious'), { fault: 0, code: '' });
	},
);

test.serial('a module that is installed and does not start is tried a while and parked', async (t) => {
	const stillborn = ['loop', 'trap'];
	const beats = await watched(async () => {
		for (const what of stillborn) {
			const config = { type: 'probe.Order', bytes: box.probe.order({ what }).toBase64() };
			const url = await box.sign(variant({ name: `still-${what}`, config, budget }), `modules/${what}.wasm`);
			t.deepEqual(await box.install(url), { fault: 0, code: '' });
		}
		for (const what of stillborn) await box.line(new RegExp(`still-${what}: backing-off -> parked`));
	});

	isUnharmed(t, beats);
	for (const what of stillborn) {
		t.like(await box.vm(`still-${what}`), { state: 'parked' });
		t.deepEqual(await box.uninstall(`still-${what}`), { fault: 0, code: '' });
	}
});

test.serial('a flood of lines in the log is cut, counted, and harms nobody', async (t) => {
	const from = box.lines.length;
	const beats = await watched(async () => {
		for (let left = 20; left > 0; left--) await order({ what: 'log', count: 50_000, text: 'la' });
		// However many of the orders share a turn: what is not told is counted.
		let at = from;
		for (let told = 0; told < 20 * 50_000; ) {
			const line = await box.line(/ hostile: (la|\d+ more lines were suppressed)$/, at);
			at = box.lines.indexOf(line, at) + 1;
			told += Number(/(\d+) more lines/.exec(line)?.[1] ?? 1);
		}
	});
	isUnharmed(t, beats);
	t.true(box.lines.length - from < 20 * 70);
});

for (const topic of ['probe.echo', 'far.echo']) {
	test.serial(`a flood of messages to ${topic} does not keep its receiver from answering`, async (t) => {
		const beats = await watched(async () => {
			for (let left = 50; left > 0; left--) await order({ what: 'flood', count: 512, text: topic });
		});
		isUnharmed(t, beats);
	});
}

const endless: Record<string, Order> = {
	'never runs out of messages to itself': { what: 'chain', count: 4_000_000_000 },
	'has as many timers as it may, each for the next millisecond': { what: 'storm', count: 250 },
};

for (const [what, bad] of Object.entries(endless)) {
	test.serial(`a service that ${what} leaves time to the others, and is stopped when told to`, async (t) => {
		const beats = await watched(async () => {
			await order(bad);
			for (let left = 10; left > 0; left--) await box.stage.sample();
		});
		isUnharmed(t, beats);
		await forgive();
		await box.stage.sample();
		t.like(await box.vm('hostile'), { state: 'running' });
	});
}

/** Little-endian words, as a guest has them in its memory. */
const words = (...values: number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);

/** In the memory of the parrot: a publication on the 99th of its topics, and a fetch, which it may not make. */
const forgeries = [0, 0, 99, 0, 0, 0, 0, 0, 0, 0, 7, 0];
const forgedTopic = 2048;
const forgedFetch = 2048 + 40;

/** Results of a turn: `ok` or not, the place of its list, the length of its list. */
const results: Record<string, { result: Uint8Array; reason: RegExp }> = {
	'a list that begins outside of the memory': {
		result: words(0, 0xffff_fff0, 1),
		reason: /malformed-value/,
	},
	'a list longer than the memory': { result: words(0, 0, 0x7fff_ffff), reason: /malformed-value/ },
	'a list where no list can be': { result: words(0, 1025, 1), reason: /malformed-value/ },
	'neither a result nor an error': { result: words(7, 0, 0), reason: /malformed-value/ },
	'an error that is no text': { result: words(1, 0xffff_0000, 0xffff), reason: /malformed-value/ },
	'effects without end out of an empty memory': { result: words(0, 4096, 1500), reason: /flooded/ },
	'a message on a topic that it was never given': {
		result: words(0, forgedTopic, 1),
		reason: /denied: parrot published on topic 99/,
	},
	'an effect that nobody granted': {
		result: words(0, forgedFetch, 1),
		reason:
			/denied: parrot has no capability for the effect "fetch": its manifest does not ask for "network-stream"/,
	},
};

test.serial('a service that returns what cannot be is stopped for it, and harms nobody', async (t) => {
	const manifest = {
		name: 'parrot',
		version: '1.0.0',
		vendor: 'mullion',
		publishes: { 'probe.out': 'probe.Word' },
		subscribes: { 'parrot.say': 'parrot.Result' },
	};
	// The payload of the first message is the result.
	const turn = '(i32.load offset=20 (local.get $inbox))';
	const parrot = await handMade({ manifest, turn, data: forgeries });
	t.deepEqual(await box.install(await box.sign(parrot, 'modules/parrot.wasm')), { fault: 0, code: '' });

	const beats = await watched(async () => {
		for (const [name, { result, reason }] of Object.entries(results)) {
			const from = box.lines.length;
			await box.publishOn('parrot.say', result);
			await box.line(/parrot: a message on parrot\.say .* was set aside/, from);
			t.regex(await box.line(/parrot: running -> backing-off/, from), reason, name);
			await box.restart('parrot');
		}
	});
	isUnharmed(t, beats);
	t.deepEqual(await box.uninstall('parrot'), { fault: 0, code: '' });
});
