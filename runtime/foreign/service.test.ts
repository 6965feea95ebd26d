import { fileURLToPath } from 'node:url';
import test from 'ava';
import { componentize } from 'componentize-qjs';
import { threadedCells } from '../../firmware/hal/cell-thread.ts';
import { systemClock } from '../../firmware/hal/clock.ts';
import { glueMaker } from '../../firmware/hal/glue-maker.ts';
import { transpile } from '../../firmware/hal/transpile.ts';
import { allImports, makeProbe } from '../../modules/probe/testbed.ts';
import { Hub } from '../bus/hub.ts';
import { topicGrants } from '../bus/policy.ts';
import { clock as clockCapability } from '../capability/clock.ts';
import { keyValue } from '../capability/key-value.ts';
import { Capabilities } from '../capability/link-vm.ts';
import { log } from '../capability/log.ts';
import type { Event, ServiceHost } from '../component/generated/service.ts';
import { linkService } from '../component/link.ts';
import { prepareComponent } from '../component/prepare.ts';
import { MemoryDirectory } from '../memory-directory.ts';
import { simulatedEntropy } from '../simulated-entropy.ts';
import { Supervisor } from '../vm/supervisor.ts';
import { foreignLinker } from './foreign-guest.ts';
import { prepareForeign } from './prepare-foreign.ts';
import { bed, bytesOf, commandOf, prepared, textOf } from './testbed.ts';

const world = fileURLToPath(new URL('../../proto/wit/service.wit', import.meta.url));

/** A service in JavaScript: its component holds QuickJS, which is C, and its bindings, which are Rust. */
const script = `
	import { write } from 'mullion:service/log@0.1.0';
	import { get } from 'mullion:service/key-value@0.1.0';
	const text = (bytes) => String.fromCharCode(...bytes);
	const bytes = (text) => Uint8Array.from(text, (char) => char.charCodeAt(0));
	let turns = 0;
	const publish = (said) => ({ tag: 'publish', val: { topic: 0, payload: bytes(said) } });
	const answer = (order) => {
		if (order === 'loop') for (;;);
		if (order === 'eat') for (const all = [];;) all.push(new Uint8Array(65536));
		if (order === 'refuse') throw 'no such order';
		if (order === 'keep') return [{ tag: 'put', val: { key: 'k', value: bytes('kept') } }];
		if (order === 'get') return [publish(text(get('k') ?? bytes('nothing')))];
		return [publish(order + ' ' + turns)];
	};
	export const guest = {
		start(now, init) {
			write('info', 'hello from JavaScript, VM ' + init.vm);
			return [publish('topics: ' + init.topics.join())];
		},
		turn(now, inbox) {
			turns++;
			return inbox.flatMap((event) => event.tag === 'message' ? answer(text(event.val.payload)) : []);
		},
	};`;

const { component } = await componentize({
	witPath: world,
	world: 'service',
	jsSource: script,
	sync: true,
	optSize: true,
});
const stranger = await prepared(new Uint8Array(component), {
	subscribes: { 'a.in': 'acme.Line' },
	publishes: { 'a.out': 'acme.Line' },
	capabilities: { 'key-value': {} },
	budget: { memoryPages: 64, turnMs: 300 },
});

const started = () => {
	const vm = bed(stranger);
	vm.start({ effects: ['put'], bucket: new Map(), bucketBytes: 1000 });
	return vm;
};

test('a service that was built by another toolchain runs: turns, log, stored values', (t) => {
	const vm = started();
	for (const order of ['one', 'two', 'get', 'keep', 'get']) vm.send(order);
	t.deepEqual(vm.lines(), ['hello from JavaScript, VM 1']);
	t.deepEqual(vm.published().map(textOf), ['topics: a.out,a.in', 'one 1', 'two 2', 'nothing', 'kept']);
	t.deepEqual(vm.faults(), []);
});

test('its endless loop is ended, its memory is bounded, and it starts anew after either', (t) => {
	const vm = started();
	vm.send('loop');
	t.deepEqual(vm.faults(), ['over-budget']);
	vm.start({ effects: ['put'], bucket: new Map(), bucketBytes: 1000 });
	// The message that ended the turn is given once more, then set aside.
	t.deepEqual(vm.faults(), ['over-budget', 'over-budget']);
	vm.start({ effects: ['put'], bucket: new Map(), bucketBytes: 1000 });
	vm.send('still here');
	t.is(vm.published().map(textOf).at(-1), 'still here 1');
	vm.send('refuse');
	t.is(vm.faults()[2], 'refused');
	t.true(vm.said.some((r) => r.tag === 'fault' && r.message.endsWith('no such order')));
	for (let times = 0; times < 2; times++)
		vm.start({ effects: ['put'], bucket: new Map(), bucketBytes: 1000 });
	vm.send('still here');
	vm.send('eat');
	t.is(vm.faults().length, 5);
	t.is(vm.published().map(textOf).at(-1), 'still here 1');
});

test('what the direct linker can link is linked by it, also where glue can be made', async (t) => {
	const { built } = await makeProbe();
	const { foreign } = await prepareComponent(built.bytes, {
		provided: allImports,
		glue: { make: () => t.fail('glue was made') as never },
	});
	t.is(foreign, undefined);
	t.is(stranger.foreign?.world, 'service');
});

test('a service that could be linked directly does the same by glue', async (t) => {
	const probe = await makeProbe();
	const { module, encoding, manifest } = probe.component;
	const code = await prepareForeign(probe.built.bytes, {
		manifest,
		glue: { make: transpile },
		provided: allImports,
	});
	t.is(code.world, 'service');
	const lines: string[][] = [[], []];
	const host = (place: number): ServiceHost => ({
		log: { write: (level, text) => lines[place]?.push(`${level} ${text}`) },
		keyValue: { get: (key) => (key === 'key' ? bytesOf('value') : undefined) },
	});
	const limits = { mostBytes: 1_000_000, fuel: 100_000_000 };
	const direct = linkService({ module, encoding, host: host(0), ...limits });
	const topics = topicGrants(manifest);
	const spec = { topics, budget: manifest.budget, clockStepUs: 1 };
	const generic = foreignLinker(simulatedEntropy())({ code, spec, host: host(1), ...limits });
	const init = { vm: 1, config: new Uint8Array(0), topics: topics.map(({ name }) => name), baseband: '' };
	t.deepEqual(generic.start(5n, init), direct.start(5n, init));
	for (const what of ['count', 'flood', 'put', 'get', 'log', 'chain', 'every', 'ask']) {
		const inbox: Event[] = [0, 2].map((topic) => ({
			tag: 'message',
			val: { topic, sender: 2, correlation: 7, payload: probe.order({ what, text: 'key', count: 30 }) },
		}));
		t.deepEqual(generic.turn(6n, inbox), direct.turn(6n, inbox), what);
		t.is(generic.memoryBytes(), direct.memoryBytes());
	}
	t.deepEqual(lines[1], lines[0]);
	t.true((lines[0]?.length ?? 0) > 0);
});

test('on threads: foreign components have a cell of their own, and one that never ends holds up no other', async (t) => {
	const hub = new Hub();
	const supervisor = new Supervisor({
		clock: systemClock(),
		cells: threadedCells(),
		hub,
		capabilities: new Capabilities([log, clockCapability, keyValue(new MemoryDirectory())]),
	});
	t.teardown(() => supervisor.close());
	const said = Promise.withResolvers<string>();
	hub.listen('a.out', ({ payload }) => said.resolve(textOf(payload)));
	const looping = await prepared(
		await commandOf('(memory (export "memory") 1) (func (export "_start") (loop (br 0)))'),
		{ budget: { turnMs: 20 } },
		glueMaker(),
	);
	supervisor.start({ name: 'looper', component: looping, baseband: '' });
	supervisor.start({ name: 'stranger', component: stranger, baseband: '' });
	t.is((await supervisor.settled('stranger')).state, 'running');
	t.is(await said.promise, 'topics: a.out,a.in');
	t.regex((await supervisor.settled('looper')).reason, /^over-budget/);
	t.deepEqual(
		supervisor.cells().map(({ name, restarts }) => [name, restarts]),
		[['open-foreign', 0]],
	);
});
