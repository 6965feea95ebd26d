/** The request side of `wasi:http/types`: it can be built and looked at, and is never sent. */
import { OutgoingBody } from './http-body.ts';
import type { Fields } from './http-fields.ts';

type Tagged = { readonly tag: string; readonly val?: unknown };

export class OutgoingRequest {
	readonly #headers: Fields;
	#method: Tagged = { tag: 'get' };
	#scheme: Tagged | undefined;
	#authority: string | undefined;
	#pathWithQuery: string | undefined;
	#isTaken = false;

	constructor(headers: Fields) {
		this.#headers = headers.fix();
	}

	body(): OutgoingBody {
		if (this.#isTaken) throw undefined;
		this.#isTaken = true;
		return new OutgoingBody({ write: () => undefined });
	}

	method(): Tagged {
		return this.#method;
	}

	setMethod(method: Tagged): void {
		this.#method = method;
	}

	pathWithQuery(): string | undefined {
		return this.#pathWithQuery;
	}

	setPathWithQuery(pathWithQuery: string | undefined): void {
		this.#pathWithQuery = pathWithQuery;
	}

	scheme(): Tagged | undefined {
		return this.#scheme;
	}

	setScheme(scheme: Tagged | undefined): void {
		this.#scheme = scheme;
	}

	authority(): string | undefined {
		return this.#authority;
	}

	setAuthority(authority: string | undefined): void {
		this.#authority = authority;
	}

	headers(): Fields {
		return this.#headers;
	}
}

/** Times in nanoseconds. */
export class RequestOptions {
	#connect: bigint | undefined;
	#firstByte: bigint | undefined;
	#betweenBytes: bigint | undefined;

	connectTimeout(): bigint | undefined {
		return this.#connect;
	}

	setConnectTimeout(timeout: bigint | undefined): void {
		this.#connect = timeout;
	}

	firstByteTimeout(): bigint | undefined {
		return this.#firstByte;
	}

	setFirstByteTimeout(timeout: bigint | undefined): void {
		this.#firstByte = timeout;
	}

	betweenBytesTimeout(): bigint | undefined {
		return this.#betweenBytes;
	}

	setBetweenBytesTimeout(timeout: bigint | undefined): void {
		this.#betweenBytes = timeout;
	}
}
