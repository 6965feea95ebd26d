/** What a message costs inside a cell: queue, policy, quota and scheduling counted, and the linker alone. */
import { systemClock } from '../../firmware/hal/clock.ts';
import { tuneEngine } from '../../firmware/hal/engine.ts';
import type { Event } from '../../runtime/component/generated/service.ts';
import { fuelFor } from '../../runtime/component/instrument/fuel.ts';
import { linkService } from '../../runtime/component/link.ts';
import { Cell } from '../../runtime/vm/cell.ts';
import { type EchoGuest, echoGuest, echoSpec } from './echo-guest.ts';
import { type Figure, figure, interleaved, limited, nanosecondsEach } from './figure.ts';

const rounds = 25;
const payloadOf = (length: number) => Uint8Array.from({ length }, (_, at) => at);
const payload = payloadOf(64);
/** Nanoseconds that one message may take, whatever the machine. */
const limits = { message: 350, effect: 150 };

export async function cellFigures(): Promise<Figure[]> {
	tuneEngine();
	const guest = await echoGuest();
	const raw = rawPair(guest);
	const one = pingPong(guest, 1);
	const sixteen = pingPong(guest, 16);
	const larger = pingPong(guest, 1, payloadOf(256));
	const direct = directCall(guest);
	const subjects = {
		raw: () => nanosecondsEach(20_000, raw),
		direct: () => nanosecondsEach(20_000, direct),
		one: () => one(20_000),
		sixteen: () => sixteen(20_000),
		larger: () => larger(20_000),
	};
	await interleaved(subjects, 5);
	const measured = await interleaved(subjects, rounds);
	return [
		limited('host -> guest -> effect, smallest guest', 'ns', measured.direct, limits.effect),
		limited('message between two VMs of a cell, one on its way', 'ns', measured.one, limits.message),
		limited('message between two VMs of a cell, 16 on their way', 'ns', measured.sixteen, limits.message),
		figure({
			name: 'message between two VMs of a cell, one on its way',
			value: measured.one,
			unit: 'ns',
			peer: 'raw core calls, two copies',
			peerValue: measured.raw,
		}),
		// The engine keeps what is larger than 64 bytes elsewhere.
		figure({
			name: 'message of 256 bytes between two VMs of a cell',
			value: measured.larger,
			unit: 'ns',
			peer: 'one of 64 bytes',
			peerValue: measured.one,
		}),
	];
}

/** Two VMs that send each other what they hear; returns nanoseconds for each of about so many messages. */
function pingPong(
	{ metered }: EchoGuest,
	onTheirWay: number,
	message = payload,
): (messages: number) => number {
	let messages = 0;
	const cell = new Cell({
		clock: systemClock(),
		report: (reports) => {
			for (const report of reports)
				if (report.tag === 'counts') messages = report.vms.reduce((sum, { events }) => sum + events, 0);
		},
		wake: () => undefined,
	});
	cell.accept({ tag: 'start', vm: 1, spec: echoSpec(metered, 'to.two', 'to.one') });
	cell.accept({ tag: 'start', vm: 2, spec: echoSpec(metered, 'to.one', 'to.two') });
	cell.run(16);
	for (let left = onTheirWay; left > 0; left--)
		cell.accept({ tag: 'publish', topic: 'to.one', sender: 0, payload: message });
	return (least) => {
		const before = messages;
		const whole = nanosecondsEach(1, () => {
			while (messages - before < least) {
				for (let runs = 16; runs > 0; runs--) cell.run(256);
				cell.accept({ tag: 'count' });
			}
		});
		return whole / (messages - before);
	};
}

/** One message in, one effect out, through the direct linker. */
function directCall({ metered }: EchoGuest): () => void {
	const guest = linkService({
		module: metered,
		encoding: 'utf8',
		host: {},
		mostBytes: 1_000_000,
		fuel: fuelFor(500),
	});
	guest.start(0n, { vm: 1, config: new Uint8Array(0), topics: [], baseband: '' });
	const inbox: Event[] = [{ tag: 'message', val: { topic: 1, sender: 2, correlation: 0, payload } }];
	return () => guest.turn(0n, inbox);
}

/** The same by hand: one allocation for the event, one for its payload, one copy each way. */
function rawPair({ plain }: EchoGuest): () => void {
	const { exports } = new WebAssembly.Instance(plain);
	const allocate = exports['cabi_realloc'] as (
		old: number,
		size: number,
		align: number,
		to: number,
	) => number;
	const turn = exports['mullion:service/guest@0.1.0#turn'] as (
		now: bigint,
		at: number,
		count: number,
	) => number;
	const done = exports['cabi_post_mullion:service/guest@0.1.0#turn'] as (result: number) => void;
	const { buffer } = exports['memory'] as WebAssembly.Memory;
	const u8 = new Uint8Array(buffer);
	const u32 = new Uint32Array(buffer);
	return () => {
		const event = allocate(0, 0, 8, 32) >>> 2;
		const bytes = allocate(0, 0, 1, payload.length);
		u8.set(payload, bytes);
		u8[event << 2] = 0;
		u32[event + 2] = 1;
		u32[event + 3] = 2;
		u32[event + 4] = 0;
		u32[event + 5] = bytes;
		u32[event + 6] = payload.length;
		const result = turn(0n, event << 2, 1) >>> 2;
		const effect = (u32[result + 1] as number) >>> 2;
		const from = u32[effect + 3] as number;
		u8.slice(from, from + (u32[effect + 4] as number));
		done(result);
	};
}
