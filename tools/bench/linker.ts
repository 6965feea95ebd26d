/** One message into a guest and one effect back: the direct linker, the same module by hand, jco's glue. */
import { transpile } from '@bytecodealliance/jco';
import { makeProbe, type Probe } from '../../modules/probe/testbed.ts';
import { topicGrants } from '../../runtime/bus/policy.ts';
import type { Event, Init } from '../../runtime/component/generated/service.ts';
import { fuelFor } from '../../runtime/component/instrument/fuel.ts';
import { type Guest, linkService } from '../../runtime/component/link.ts';
import { type Figure, figure, interleaved, nanosecondsEach } from './figure.ts';
import { RawGuest } from './raw-guest.ts';

const rounds = 25;
const payload = Uint8Array.from({ length: 64 }, (_, at) => at);
const now = 1_700_000_000_000_000n;

export async function linkerFigures(): Promise<Figure[]> {
	const probe = await makeProbe();
	const init = initOf(probe);
	const topic = init.topics.indexOf('probe.echo');
	const direct = startDirect(probe, init);
	const raw = new RawGuest(probe.component.module, init);
	const jco = await startJco(probe, init);

	const ofOne = [echo(topic)];
	const batches = new Map([16, 256].map((size) => [size, Array.from({ length: size }, () => echo(topic))]));
	const calls = {
		raw: () => raw.echo(now, topic, payload),
		direct: () => direct.turn(now, ofOne),
		jco: () => jco.turn(now, ofOne),
		batch16: () => direct.turn(now, batches.get(16) ?? []),
		batch256: () => direct.turn(now, batches.get(256) ?? []),
	};
	for (const call of Object.values(calls)) nanosecondsEach(2000, call);
	const measured = await interleaved(
		{
			raw: () => nanosecondsEach(20_000, calls.raw),
			direct: () => nanosecondsEach(20_000, calls.direct),
			jco: () => nanosecondsEach(500, calls.jco),
			batch16: () => nanosecondsEach(2000, calls.batch16) / 16,
			batch256: () => nanosecondsEach(200, calls.batch256) / 256,
		},
		rounds,
	);
	const message = { unit: 'ns', value: measured.direct };
	return [
		figure({
			name: 'message, direct linker',
			...message,
			peer: 'same core module by hand',
			peerValue: measured.raw,
		}),
		figure({ name: 'message, direct linker', ...message, peer: 'jco glue', peerValue: measured.jco }),
		...(['direct', 'batch16', 'batch256'] as const).map((name) =>
			figure({
				name: `message in a turn of ${name === 'direct' ? 1 : Number(name.slice(5))}`,
				unit: 'ns',
				value: measured[name],
				peer: 'message in a turn of 1',
				peerValue: measured.direct,
			}),
		),
	];
}

function initOf({ component }: Probe): Init {
	const topics = topicGrants(component.manifest).map(({ name }) => name);
	return { vm: 1, config: new Uint8Array(0), topics, baseband: '' };
}

function echo(topic: number): Event {
	return { tag: 'message', val: { topic, sender: 2, correlation: 0, payload } };
}

const host = {
	log: { write: () => undefined },
	keyValue: { get: () => undefined },
};

function startDirect({ component: { module, encoding } }: Probe, init: Init): Guest {
	const guest = linkService({ module, encoding, host, mostBytes: 1_000_000, fuel: fuelFor(500) });
	guest.start(now, init);
	return guest;
}

interface JcoGuest {
	turn(now: bigint, inbox: Event[]): unknown;
}

/** The generic linker, as the platform's rules allow it: JavaScript made here, from the same component. */
async function startJco({ built }: Probe, init: Init): Promise<JcoGuest> {
	const { files } = await transpile(built.bytes, { name: 'probe', instantiation: 'sync', wasiShim: false });
	const source = new TextDecoder().decode(files['probe.js']);
	const { instantiate } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
	const instance = instantiate((name: string) => new WebAssembly.Module(new Uint8Array(files[name] ?? [])), {
		'mullion:service/log': host.log,
		'mullion:service/key-value': host.keyValue,
	});
	const { guest } = instance as { guest: JcoGuest & { start(now: bigint, init: Init): unknown } };
	guest.start(now, init);
	return guest;
}
