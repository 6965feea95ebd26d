/** A service of our own world that the direct linker has no way to link: the same turns, by glue. */
import type { Effect, Event, Init, Result } from '../component/generated/service.ts';
import type { Guest } from '../component/link.ts';
import type { ForeignParts } from './foreign-guest.ts';
import type { HostInterfaces } from './glue-script.ts';
import { type ForeignInstance, instantiateForeign } from './instance.ts';
import { LineSink } from './line-sink.ts';
import { GuestClock } from './wasi/guest-clock.ts';
import { wasiInterfaces } from './wasi/interfaces.ts';
import { tellOnce } from './wasi/tell-once.ts';

const guestInterface = 'mullion:service/guest';

export function serviceGuest(parts: ForeignParts): Guest {
	const { code, tank, instantiate, host, spec, entropy } = parts;
	let instance: ForeignInstance | undefined;
	let clock = new GuestClock(0n, spec.clockStepUs);

	const write = host.log?.write ?? (() => undefined);
	const stdout = new LineSink('info', write);
	const stderr = new LineSink('warn', write);

	const interfaces = (): HostInterfaces => {
		const wasi = wasiInterfaces({
			...code.surroundings,
			stdout,
			stderr,
			// Turns have clocks of their own, and one instance has many turns.
			get clock() {
				return clock;
			},
			entropy,
			denied: tellOnce(write),
			charge: (bytes) => tank.chargeBytes(bytes),
		});
		return {
			...wasi,
			...(host.log && { 'mullion:service/log': { write: host.log.write } }),
			...(host.keyValue && { 'mullion:service/key-value': { get: host.keyValue.get } }),
		};
	};

	const call = (name: 'start' | 'turn', now: bigint, argument: Init | Event[]): Result<Effect[], string> => {
		clock = new GuestClock(now, spec.clockStepUs);
		return tank.run(() => {
			instance ??= instantiateForeign({ code, instantiate, interfaces: interfaces(), tank });
			try {
				return { tag: 'ok', val: instance.exported(guestInterface, name)(now, argument) as Effect[] };
			} catch (error) {
				const payload = refusal(error);
				if (payload === undefined) throw error;
				return { tag: 'err', val: payload };
			} finally {
				stdout.flush();
				stderr.flush();
			}
		});
	};
	return {
		start: (now, init) => call('start', now, init),
		turn: (now, inbox) => call('turn', now, inbox),
		memoryBytes: () => instance?.memoryBytes() ?? 0,
		fuelUsed: () => tank.used,
	};
}

/** What the guest returned as the error of its result, which glue throws. */
function refusal(error: unknown): string | undefined {
	if (!(error instanceof Error) || !Object.hasOwn(error, 'payload')) return undefined;
	return String((error as Error & { payload: unknown }).payload);
}
