/** Tells whoever listens what happens to a board. */
import { EventEmitter, on, once } from 'node:events';
import type { BoardEvent, BoardEventKind } from './board.ts';

export class BoardEvents {
	readonly #emitter = new EventEmitter().setMaxListeners(0);
	#closed: { readonly error: unknown } | undefined;

	emit(event: Omit<BoardEvent, 'at'>): void {
		const told: BoardEvent = { ...event, at: Date.now() };
		this.#emitter.emit('event', told);
		this.#emitter.emit(`kind ${told.kind}`, told);
	}

	/** Listens from this call on, not only from the first step of the loop. */
	all(signal?: AbortSignal): AsyncIterable<BoardEvent> {
		if (this.#closed !== undefined) return only([]);
		const options = { close: ['closed'], ...(signal && { signal }) };
		return only(on(this.#emitter, 'event', options) as AsyncIterable<[BoardEvent]>);
	}

	/** @throws what it was closed with */
	next(kind: BoardEventKind, signal?: AbortSignal): Promise<BoardEvent> {
		const found = this.#next(kind, signal);
		// A test that failed elsewhere no longer looks at what it was waiting for.
		found.catch(() => undefined);
		return found;
	}

	close(error: unknown): void {
		if (this.#closed !== undefined) return;
		this.#closed = { error };
		this.#emitter.emit('closed');
	}

	async #next(kind: BoardEventKind, signal?: AbortSignal): Promise<BoardEvent> {
		if (this.#closed !== undefined) throw this.#closed.error;
		const over = new AbortController();
		const stop = AbortSignal.any([over.signal, ...(signal ? [signal] : [])]);
		const closed = once(this.#emitter, 'closed', { signal: stop }).then(() => {
			throw this.#closed?.error;
		});
		try {
			const heard = once(this.#emitter, `kind ${kind}`, { signal: stop });
			const [event] = (await Promise.race([heard, closed])) as [BoardEvent];
			return event;
		} catch (error) {
			throw signal?.aborted ? signal.reason : error;
		} finally {
			over.abort();
			await closed.catch(() => undefined);
		}
	}
}

async function* only(events: AsyncIterable<[BoardEvent]> | []): AsyncIterable<BoardEvent> {
	for await (const [event] of events) yield event;
}
