/** `wasi:http/types` for one request that is there as a whole, and one response that is gathered up. */
import type { HostInterfaces } from '../glue-script.ts';
import { FutureTrailers, IncomingBody, OutgoingBody } from './http-body.ts';
import { Fields, type Header } from './http-fields.ts';
import { OutgoingRequest, RequestOptions } from './http-outgoing.ts';
import type { Sink } from './outside.ts';

export interface HttpRequest {
	/** Upper case. */
	readonly method: string;
	readonly scheme: string;
	readonly authority: string;
	readonly pathWithQuery: string;
	readonly headers: readonly Header[];
	readonly body: Uint8Array;
}

/** What the guest has set, once it has. */
export interface ResponseHead {
	readonly status: number;
	readonly headers: readonly Header[];
}

type Tagged = { readonly tag: string; readonly val?: unknown };
type Outcome = { tag: 'ok'; val: OutgoingResponse } | { tag: 'err'; val: Tagged };

const methods = ['get', 'head', 'post', 'put', 'delete', 'connect', 'options', 'trace', 'patch'];

class IncomingRequest {
	readonly #request: HttpRequest;
	#isConsumed = false;

	constructor(request: HttpRequest) {
		this.#request = request;
	}

	method(): Tagged {
		const tag = this.#request.method.toLowerCase();
		return methods.includes(tag) ? { tag } : { tag: 'other', val: this.#request.method };
	}

	pathWithQuery(): string | undefined {
		return this.#request.pathWithQuery || undefined;
	}

	scheme(): Tagged | undefined {
		const { scheme } = this.#request;
		if (scheme === '') return undefined;
		const tag = scheme.toUpperCase();
		return tag === 'HTTP' || tag === 'HTTPS' ? { tag } : { tag: 'other', val: scheme };
	}

	authority(): string | undefined {
		return this.#request.authority || undefined;
	}

	headers(): Fields {
		return Fields.fixed(this.#request.headers);
	}

	consume(): IncomingBody {
		if (this.#isConsumed) throw undefined;
		this.#isConsumed = true;
		return new IncomingBody(this.#request.body);
	}
}

class OutgoingResponse {
	readonly #headers: Fields;
	readonly #body: OutgoingBody;
	#status = 200;
	#isTaken = false;

	constructor(headers: Fields, sink: Sink) {
		this.#headers = headers.fix();
		this.#body = new OutgoingBody(sink);
	}

	statusCode(): number {
		return this.#status;
	}

	setStatusCode(status: number): void {
		if (status < 100 || status > 599) throw undefined;
		this.#status = status;
	}

	headers(): Fields {
		return this.#headers;
	}

	body(): OutgoingBody {
		if (this.#isTaken) throw undefined;
		this.#isTaken = true;
		return this.#body;
	}
}

class ResponseOutparam {
	readonly #set: (outcome: Outcome) => void;

	constructor(set: (outcome: Outcome) => void) {
		this.#set = set;
	}

	sendInformational(): void {
		throw { tag: 'internal-error', val: 'there is one response to a request here' };
	}

	static set(param: ResponseOutparam, outcome: Outcome): void {
		param.#set(outcome);
	}
}

/** Nobody gets one: no request leaves the box. */
class IncomingResponse {}
class FutureIncomingResponse {}

export interface Exchange {
	/** What `wasi:http/incoming-handler#handle` is called with. */
	readonly request: unknown;
	readonly outparam: unknown;
	/** What the guest answered; undefined while it has not, or the case of `error-code` it gave instead. */
	response(): ResponseHead | string | undefined;
}

/** @param body takes the bytes of the body of every response */
export function httpTypes(body: Sink): { interfaces: HostInterfaces; open(request: HttpRequest): Exchange } {
	class Response extends OutgoingResponse {
		constructor(headers: Fields) {
			super(headers, body);
		}
	}
	return {
		interfaces: {
			'wasi:http/types': {
				Fields,
				FutureIncomingResponse,
				FutureTrailers,
				IncomingBody,
				IncomingRequest,
				IncomingResponse,
				OutgoingBody,
				OutgoingRequest,
				OutgoingResponse: Response,
				RequestOptions,
				ResponseOutparam,
				httpErrorCode: () => undefined,
			},
		},
		open: (request) => {
			let outcome: Outcome | undefined;
			return {
				request: new IncomingRequest(request),
				outparam: new ResponseOutparam((set) => {
					outcome ??= set;
				}),
				response: () => {
					if (outcome === undefined || outcome.tag === 'err') return outcome?.val.tag;
					const { val } = outcome;
					return { status: val.statusCode(), headers: val.headers().entries() };
				},
			};
		},
	};
}
