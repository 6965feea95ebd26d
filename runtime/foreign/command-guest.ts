/**
 * A WASI program as a service: each run is an instance of its own, with a new memory.
 *
 * One that subscribes topics runs for every message: it reads the payload, and what it writes is the
 * answer to a request, or is published on the first topic that it may publish on. One that
 * subscribes nothing runs once, at its start. What nobody gets goes to the log, line by line, as
 * does what it writes to stderr. An exit code other than 0 drops the output.
 */
import type { Effect, Event, Result } from '../component/generated/service.ts';
import type { Guest } from '../component/link.ts';
import type { ForeignParts } from './foreign-guest.ts';
import { GatheredBytes } from './gathered-bytes.ts';
import { type ForeignInstance, instantiateForeign } from './instance.ts';
import { LineSink } from './line-sink.ts';
import { GuestClock } from './wasi/guest-clock.ts';
import { wasiInterfaces } from './wasi/interfaces.ts';
import { Exit, type Sink } from './wasi/outside.ts';
import { tellOnce } from './wasi/tell-once.ts';

interface Run {
	readonly now: bigint;
	readonly stdin: Uint8Array;
	/** Undefined where it goes to the log. */
	readonly stdout: Sink | undefined;
}

export function commandGuest(parts: ForeignParts): Guest {
	const { code, spec, tank, instantiate, host, entropy } = parts;
	const write = host.log?.write ?? (() => undefined);
	const denied = tellOnce(write);
	const outTopic = spec.topics.findIndex(({ mayPublish }) => mayPublish);
	/** Of the last instance, which is gone. */
	let memoryBytes = 0;

	/** Its exit code. */
	const run = ({ now, stdin, stdout }: Run): number => {
		const out = new LineSink('info', write);
		const err = new LineSink('warn', write);
		const interfaces = wasiInterfaces({
			...code.surroundings,
			stdin,
			stdout: stdout ?? out,
			stderr: err,
			clock: new GuestClock(now, spec.clockStepUs),
			entropy,
			denied,
			charge: (bytes) => tank.chargeBytes(bytes),
		});
		let instance: ForeignInstance | undefined;
		try {
			instance = instantiateForeign({ code, instantiate, interfaces, tank });
			instance.exported('wasi:cli/run', 'run')();
			return 0;
		} catch (error) {
			if (error instanceof Exit) return error.code;
			// The result of `run` itself.
			if (error instanceof Error && Object.hasOwn(error, 'payload')) return 1;
			throw error;
		} finally {
			memoryBytes = instance?.memoryBytes() ?? 0;
			out.flush();
			err.flush();
		}
	};

	const answer = (now: bigint, { topic, correlation, payload }: Message): Effect[] => {
		const isRequest = correlation !== 0;
		const output = new GatheredBytes(spec.budget.effectBytesPerTurn);
		const code = run({ now, stdin: payload, stdout: isRequest || outTopic !== -1 ? output : undefined });
		const bytes = output.take();
		if (isRequest) {
			const outcome: Result<Uint8Array, string> =
				code === 0 ? { tag: 'ok', val: bytes } : { tag: 'err', val: `exited with ${code}` };
			return [{ tag: 'reply', val: { correlation, outcome } }];
		}
		if (code !== 0) {
			write(
				'warn',
				`exited with ${code} for a message on ${spec.topics[topic]?.name}; its output is dropped`,
			);
			return [];
		}
		return bytes.length === 0 ? [] : [{ tag: 'publish', val: { topic: outTopic, payload: bytes } }];
	};

	return {
		start: (now) =>
			tank.run((): Result<Effect[], string> => {
				if (spec.topics.some(({ maySubscribe }) => maySubscribe)) return { tag: 'ok', val: [] };
				const output = outTopic === -1 ? undefined : new GatheredBytes(spec.budget.effectBytesPerTurn);
				const exit = run({ now, stdin: code.surroundings.stdin, stdout: output });
				if (exit !== 0) return { tag: 'err', val: `exited with ${exit}` };
				const payload = output?.take() ?? new Uint8Array(0);
				const published: Effect = { tag: 'publish', val: { topic: outTopic, payload } };
				return { tag: 'ok', val: payload.length === 0 ? [] : [published] };
			}),
		turn: (now, inbox) =>
			tank.run(() => ({
				tag: 'ok',
				val: inbox.flatMap((event) => (event.tag === 'message' ? answer(now, event.val) : [])),
			})),
		memoryBytes: () => memoryBytes,
		fuelUsed: () => tank.used,
	};
}

type Message = Extract<Event, { tag: 'message' }>['val'];
