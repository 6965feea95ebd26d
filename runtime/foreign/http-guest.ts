/**
 * A WASI request handler as a service: `mullion.http.Request` in, `mullion.http.Response` out.
 *
 * Each request has an instance of its own, as other hosts of `wasi:http/proxy` do it. A request on
 * the bus is answered; a publication is too, on the first topic that the service may publish on.
 */
import { Request, Response } from '../../proto/host/bus/http.ts';
import { ContractError } from '../../proto/host/codec.ts';
import type { Effect, Event, Result } from '../component/generated/service.ts';
import type { Guest } from '../component/link.ts';
import type { ForeignParts } from './foreign-guest.ts';
import { GatheredBytes } from './gathered-bytes.ts';
import { type ForeignInstance, instantiateForeign } from './instance.ts';
import { LineSink } from './line-sink.ts';
import { GuestClock } from './wasi/guest-clock.ts';
import { httpTypes } from './wasi/http-types.ts';
import { wasiInterfaces } from './wasi/interfaces.ts';
import { tellOnce } from './wasi/tell-once.ts';

export function httpGuest(parts: ForeignParts): Guest {
	const { code, spec, tank, instantiate, host, entropy } = parts;
	const write = host.log?.write ?? (() => undefined);
	const denied = tellOnce(write);
	const outTopic = spec.topics.findIndex(({ mayPublish }) => mayPublish);
	/** Of the last instance, which is gone. */
	let memoryBytes = 0;

	/** The encoded response, or why there is none. */
	const handle = (now: bigint, request: Request): Result<Uint8Array, string> => {
		const out = new LineSink('info', write);
		const err = new LineSink('warn', write);
		const body = new GatheredBytes(spec.budget.effectBytesPerTurn);
		const http = httpTypes(body);
		const wasi = wasiInterfaces({
			...code.surroundings,
			stdout: out,
			stderr: err,
			clock: new GuestClock(now, spec.clockStepUs),
			entropy,
			denied,
			charge: (bytes) => tank.chargeBytes(bytes),
		});
		const interfaces = { ...wasi, ...http.interfaces };
		let instance: ForeignInstance | undefined;
		try {
			instance = instantiateForeign({ code, instantiate, interfaces, tank });
			const exchange = http.open({
				...request,
				method: request.method || 'GET',
				headers: request.headers.map(({ name, value }) => [name, value]),
			});
			instance.exported('wasi:http/incoming-handler', 'handle')(exchange.request, exchange.outparam);
			const response = exchange.response();
			if (response === undefined) return { tag: 'err', val: 'the handler gave no response' };
			if (typeof response === 'string') return { tag: 'err', val: response };
			const headers = response.headers.map(([name, value]) => ({ name, value }));
			return { tag: 'ok', val: Response.encode({ status: response.status, headers, body: body.take() }) };
		} finally {
			memoryBytes = instance?.memoryBytes() ?? 0;
			out.flush();
			err.flush();
		}
	};

	const answer = (now: bigint, { correlation, payload }: Message): Effect[] => {
		const request = decoded(payload);
		const outcome: Result<Uint8Array, string> =
			request === undefined ? { tag: 'err', val: 'the message is no request' } : handle(now, request);
		if (correlation !== 0) return [{ tag: 'reply', val: { correlation, outcome } }];
		if (outcome.tag === 'err') write('warn', `a request has no response: ${outcome.val}`);
		else if (outTopic !== -1) return [{ tag: 'publish', val: { topic: outTopic, payload: outcome.val } }];
		return [];
	};

	return {
		start: () => ({ tag: 'ok', val: [] }),
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

/** Undefined for bytes that are no request: who sent them is told, and the handler is not asked. */
function decoded(payload: Uint8Array): Request | undefined {
	try {
		return Request.decode(payload);
	} catch (error) {
		if (error instanceof ContractError) return undefined;
		throw error;
	}
}
