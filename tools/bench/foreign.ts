/** One message into a guest and one effect back by the generic linker, beside the direct one; and WASI runs. */
import { transpile } from '../../firmware/hal/transpile.ts';
import { allImports, makeProbe, type Probe } from '../../modules/probe/testbed.ts';
import { topicGrants } from '../../runtime/bus/policy.ts';
import type { Event, Init } from '../../runtime/component/generated/service.ts';
import { fuelFor } from '../../runtime/component/instrument/fuel.ts';
import { type Guest, linkService } from '../../runtime/component/link.ts';
import { foreignLinker } from '../../runtime/foreign/foreign-guest.ts';
import { prepareForeign } from '../../runtime/foreign/prepare-foreign.ts';
import { commandOf, prepared } from '../../runtime/foreign/testbed.ts';
import { simulatedEntropy } from '../../runtime/simulated-entropy.ts';
import { type Figure, figure, interleaved, nanosecondsEach } from './figure.ts';

const rounds = 15;
const payload = Uint8Array.from({ length: 64 }, (_, at) => at);
const now = 1_700_000_000_000_000n;
const limits = { mostBytes: 1_000_000, fuel: fuelFor(500) };
const host = { log: { write: () => undefined }, keyValue: { get: () => undefined } };

/** Copies its input to its output, as far as one read goes. */
const echoProgram = `
	(import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
	(import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
	(memory (export "memory") 1)
	(func (export "_start")
		(i32.store (i32.const 0) (i32.const 64))
		(i32.store (i32.const 4) (i32.const 1024))
		(drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
		(i32.store (i32.const 4) (i32.load (i32.const 8)))
		(drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))`;

export async function foreignFigures(): Promise<Figure[]> {
	const probe = await makeProbe();
	const topics = topicGrants(probe.component.manifest);
	const init: Init = {
		vm: 1,
		config: new Uint8Array(0),
		topics: topics.map(({ name }) => name),
		baseband: '',
	};
	const direct = started(directGuest(probe), init);
	const generic = started(await genericGuest(probe), init);
	const program = started(await programGuest(), init);
	const inbox = [message(init.topics.indexOf('probe.echo'))];
	const runs = [message(0)];
	const calls = {
		direct: () => direct.turn(now, inbox),
		generic: () => generic.turn(now, inbox),
		program: () => program.turn(now, runs),
	};
	for (const call of [calls.direct, calls.generic]) nanosecondsEach(2000, call);
	nanosecondsEach(20, calls.program);
	const measured = await interleaved(
		{
			direct: () => nanosecondsEach(20_000, calls.direct),
			generic: () => nanosecondsEach(1000, calls.generic),
			program: () => nanosecondsEach(5, calls.program),
		},
		rounds,
	);
	const peer = { peer: 'direct linker', peerValue: measured.direct };
	return [
		figure({ name: 'message, generic linker', unit: 'ns', value: measured.generic, ...peer }),
		figure({ name: 'message, a run of a WASI program', unit: 'ns', value: measured.program, ...peer }),
	];
}

function message(topic: number): Event {
	return { tag: 'message', val: { topic, sender: 2, correlation: 0, payload } };
}

function started(guest: Guest, init: Init): Guest {
	guest.start(now, init);
	return guest;
}

function directGuest({ component: { module, encoding } }: Probe): Guest {
	return linkService({ module, encoding, host, ...limits });
}

async function genericGuest({ built, component: { manifest } }: Probe): Promise<Guest> {
	const code = await prepareForeign(built.bytes, {
		manifest,
		glue: { make: transpile },
		provided: allImports,
	});
	const spec = { topics: topicGrants(manifest), budget: manifest.budget, clockStepUs: 1 };
	return foreignLinker(simulatedEntropy())({ code, spec, host, ...limits });
}

async function programGuest(): Promise<Guest> {
	const topics = { subscribes: { 'a.in': 'acme.Line' }, publishes: { 'a.out': 'acme.Line' } };
	const { manifest, foreign } = await prepared(await commandOf(echoProgram), topics);
	if (foreign === undefined) throw new Error('a WASI program is linked by glue');
	const spec = { topics: topicGrants(manifest), budget: manifest.budget, clockStepUs: 1000 };
	return foreignLinker(simulatedEntropy())({ code: foreign, spec, host, ...limits });
}
