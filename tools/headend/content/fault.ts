/** What a content server of the real world does wrong, on purpose. */

export type Fault =
	/** Sends so many bytes of the body and then nothing, with the connection open. */
	| { readonly kind: 'stall'; readonly afterBytes: number }
	/** Ends the connection in an orderly way after so many bytes of the body. */
	| { readonly kind: 'short-body'; readonly afterBytes: number }
	/** Resets the connection after so many bytes of the body. */
	| { readonly kind: 'reset'; readonly afterBytes: number }
	/** Announces so many bytes more (or less) than it sends, then ends the connection. */
	| { readonly kind: 'wrong-length'; readonly byBytes: number }
	/** Sends the right bytes under a Content-Range that is off by so many. */
	| { readonly kind: 'wrong-range'; readonly byBytes: number }
	/** Sends the whole where a range was asked for. */
	| { readonly kind: 'ignore-range' }
	/** Answers with this status, such as 404 or 500. */
	| { readonly kind: 'status'; readonly status: number };

/** Which requests a fault strikes. */
export interface FaultScope {
	/** Requests it strikes before it is used up; default 1. */
	readonly times?: number;
	/** Path of the resources it strikes, with its leading slash; default all. */
	readonly path?: string;
}

export class Faults {
	#waiting: { readonly fault: Fault; readonly path: string | undefined; times: number }[] = [];

	add(fault: Fault, { times = 1, path }: FaultScope = {}): void {
		this.#waiting.push({ fault, path, times });
	}

	/** The fault that strikes a request, oldest first. */
	next(path: string): Fault | undefined {
		const entry = this.#waiting.find((candidate) => candidate.path === undefined || candidate.path === path);
		if (entry === undefined) return undefined;
		entry.times--;
		this.#waiting = this.#waiting.filter(({ times }) => times > 0);
		return entry.fault;
	}

	clear(): void {
		this.#waiting = [];
	}
}
