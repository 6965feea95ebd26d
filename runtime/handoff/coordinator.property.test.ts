import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { gsm, lte, SimulatedBox, type SimulatedBoxOptions, settle, wifi } from './simulated-box.fixture.ts';
import { simulatedFaults } from './simulated-vms.ts';

const names = ['lte0', 'wifi0', 'gsm0'] as const;
const commands = [
	'provide',
	'open',
	'quiesce',
	'prepare',
	'transfer',
	'take',
	'rollback',
	'release',
] as const;
const limits = { provideMs: 3000, retryMostMs: 4000 };
const settings = { minimumTimeMs: 2000 };
const options: SimulatedBoxOptions = { networks: [lte, wifi, gsm], frameMs: 200, limits, settings };

const anyNetwork = fc.constantFrom(...names);
const anyStep = fc.oneof(
	{ weight: 6, arbitrary: fc.record({ wait: fc.integer({ min: 1, max: 4000 }) }) },
	{ weight: 4, arbitrary: fc.record({ network: anyNetwork, isUp: fc.boolean() }) },
	{
		weight: 2,
		arbitrary: fc.record({ network: anyNetwork, signalDbm: fc.constantFrom(-50, -72, -90, -108, -125) }),
	},
	{ weight: 2, arbitrary: fc.record({ crash: anyNetwork }) },
	{ weight: 2, arbitrary: fc.record({ restart: anyNetwork, remembers: fc.boolean() }) },
	{
		weight: 5,
		arbitrary: fc.record({ fail: fc.constantFrom(...commands), fault: fc.constantFrom(...simulatedFaults) }),
	},
	{ weight: 2, arbitrary: fc.record({ ask: anyNetwork }) },
	{ weight: 1, arbitrary: fc.record({ cut: fc.nat(3) }) },
	{ weight: 2, arbitrary: fc.record({ cutIn: fc.nat(12), reached: fc.nat(3) }) },
);
type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never;

test('whatever happens and however it interleaves, a session has one owner and a whole stream', async (t) => {
	await fc.assert(
		fc.asyncProperty(fc.array(anyStep, { maxLength: 40 }), async (story) => {
			const box = new SimulatedBox(options);
			const id = await box.open();
			watchOwnership(t, box, id);
			for (const step of story) {
				await take(box, step, id);
			}
			await comeToRest(box);
			await checkRest(t, box, id);
		}),
		{ numRuns: 150 },
	);
});

test('a power cut at any write of a handoff leaves a session that goes on, whole', async (t) => {
	const story = async (box: SimulatedBox): Promise<void> => {
		await box.wait(1500);
		box.radio.put({ ...wifi, isUp: true });
		await box.wait(4000);
		box.radio.put({ ...wifi, isUp: false });
		await box.wait(3000);
	};
	const start: SimulatedBoxOptions = { ...options, networks: [lte, { ...wifi, isUp: false }] };
	const whole = new SimulatedBox(start);
	await whole.open();
	const before = whole.directory.disk.steps;
	await story(whole);
	t.is(whole.coordinator.counters.committed, 2);
	const steps = whole.directory.disk.steps - before;
	t.true(steps > 10);
	for (let cut = 0; cut < steps; cut++) {
		for (const reached of [0, 1, 9]) {
			const box = new SimulatedBox(start);
			const id = await box.open();
			box.directory.disk.cutAfter(cut);
			let isCut = false;
			box.onCut = () => {
				isCut = true;
			};
			await story(box);
			t.true(isCut);
			await box.reboot((most) => Math.min(most, reached));
			box.radio.put({ ...wifi, isUp: true });
			await comeToRest(box);
			await checkRest(t, box, id);
		}
	}
});

async function take(box: SimulatedBox, step: Step, id: string): Promise<void> {
	if ('wait' in step) {
		await box.wait(step.wait);
	} else if ('network' in step) {
		box.radio.set(step.network, 'isUp' in step ? { isUp: step.isUp } : { signalDbm: step.signalDbm });
	} else if ('crash' in step) {
		box.vms.crash(step.crash);
	} else if ('restart' in step) {
		box.vms.restart(step.restart, step);
	} else if ('fail' in step) {
		box.vms.fail(step.fail, step.fault);
	} else if ('ask' in step) {
		ask(box, id, step.ask);
	} else if ('cut' in step) {
		box.cutPower();
		await box.reboot((most) => Math.min(most, step.cut));
	} else {
		await cutWhileWriting(box, step);
	}
}

function ask(box: SimulatedBox, id: string, baseband: string): void {
	try {
		box.coordinator.request(id, baseband);
	} catch (error) {
		// Asking for a network that is down, or for a session that a VM refused to open, is refused.
		if (!['network-down', 'unknown-session'].includes((error as { code: string }).code)) {
			throw error;
		}
	}
}

async function cutWhileWriting(box: SimulatedBox, { cutIn, reached }: { cutIn: number; reached: number }) {
	box.directory.disk.cutAfter(cutIn);
	let isCut = false;
	box.onCut = () => {
		isCut = true;
	};
	for (let waited = 0; waited < 3000 && !isCut; waited += 200) {
		await box.wait(200);
	}
	if (!isCut) {
		box.cutPower();
	}
	await box.reboot((most) => Math.min(most, reached));
}

/** Nothing new goes wrong any more, and everything that was begun has had its time. */
async function comeToRest(box: SimulatedBox): Promise<void> {
	box.vms.heal();
	for (const name of names) {
		box.vms.restart(name);
	}
	await box.wait(20_000);
}

/** Whoever is heard is the owner, or is being given the session at this moment. */
function watchOwnership(t: ExecutionContext, box: SimulatedBox, id: string): void {
	const offer = box.sink.offer.bind(box.sink);
	box.sink.offer = (vm, session, frame) => {
		const { refused } = box.sink;
		offer(vm, session, frame);
		const view = box.view(id);
		if (view !== undefined && box.sink.refused === refused) {
			const isBeingGiven = view.owner === undefined && ['resume', 'commit', 'back'].includes(view.state);
			t.true(view.owner === vm || isBeingGiven, `VM ${vm} is heard in state ${view.state}`);
		}
	};
}

async function checkRest(t: ExecutionContext, box: SimulatedBox, id: string): Promise<void> {
	t.deepEqual(box.sink.faults, { lost: [], doubled: [] });
	const view = box.view(id);
	if (view === undefined) {
		t.deepEqual(box.vms.owners(id), [], 'a session that was refused is nobody’s');
		return;
	}
	const up = names.filter((name) => box.isUp(name));
	if (up.length === 0) {
		t.true(['nowhere-to-go', 'no-network'].includes(view.reason), view.reason);
		return;
	}
	t.is(view.state, 'active');
	t.true(up.includes(view.baseband as (typeof names)[number]));
	t.deepEqual(box.vms.owners(id), [view.owner], 'no other VM believes to own it');
	t.is(box.sink.ownerOf(id), view.owner);
	const { nextSequence } = box.sink.position(id);
	await box.wait(2000);
	await settle();
	t.true(box.sink.position(id).nextSequence > nextSequence, 'it plays on');
}
