/** Talks to QEMU's monitor: commands with their answers, and what happens in between. */
import { EventEmitter } from 'node:events';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { BoardError } from './board-error.ts';

/** What a monitor says; each line is one of these. */
interface Line {
	readonly QMP?: { readonly version: { readonly qemu: Version } };
	readonly id?: number;
	readonly return?: unknown;
	readonly error?: { readonly class: string; readonly desc: string };
	readonly event?: string;
	readonly data?: QmpData;
}

interface Version {
	readonly major: number;
	readonly minor: number;
	readonly micro: number;
}

export type QmpData = Readonly<Record<string, unknown>>;

interface Pending {
	readonly command: string;
	resolve(answer: unknown): void;
	reject(error: unknown): void;
}

export class QmpClient implements Disposable {
	readonly #socket: Duplex;
	readonly #pending = new Map<number, Pending>();
	readonly #emitter = new EventEmitter().setMaxListeners(0);
	#commands = 0;
	readonly #closed = Promise.withResolvers<void>();
	#isOver = false;
	#version = '';

	private constructor(socket: Duplex) {
		this.#socket = socket;
		const lines = createInterface({ input: socket });
		lines.on('line', (line) => {
			// What QEMU was saying when it was killed has no end.
			if (line.endsWith('}')) this.#hear(JSON.parse(line) as Line);
		});
		// Readers of lines do not end when a connection breaks off; the connection itself does.
		socket.once('close', () => this.#lose());
		for (const source of [socket, lines]) source.on('error', () => undefined);
	}

	/** Waits for the greeting on a connection to a monitor and asks for no more than it offers by itself. @throws BoardError `board-gone` */
	static async open(socket: Duplex): Promise<QmpClient> {
		const client = new QmpClient(socket);
		await client.next('greeting');
		await client.execute('qmp_capabilities');
		return client;
	}

	/** Of QEMU. */
	get version(): string {
		return this.#version;
	}

	/** Resolves once all that it said was heard. */
	get closed(): Promise<void> {
		return this.#closed.promise;
	}

	/** @throws BoardError `qmp-refused` with QEMU's words, `board-gone` */
	async execute(command: string, args?: QmpData): Promise<unknown> {
		if (this.#isOver) throw gone(command);
		const id = this.#commands++;
		const { promise, resolve, reject } = Promise.withResolvers<unknown>();
		this.#pending.set(id, { command, resolve, reject });
		this.#socket.write(`${JSON.stringify({ execute: command, id, ...(args && { arguments: args }) })}\n`);
		return promise;
	}

	/** Calls back with each event's data, as it happens. */
	on(event: string, listener: (data: QmpData) => void): void {
		this.#emitter.on(`event ${event}`, listener);
	}

	/** The next event of a name that fits, from this call on. @throws BoardError `board-gone` */
	async next(event: string, fits: (data: QmpData) => boolean = () => true): Promise<QmpData> {
		if (this.#isOver) throw gone(event);
		const { promise, resolve } = Promise.withResolvers<QmpData>();
		const listener = (data: QmpData) => {
			if (fits(data)) resolve(data);
		};
		this.#emitter.on(`event ${event}`, listener);
		const lost = this.#closed.promise.then(() => {
			throw gone(event);
		});
		try {
			return await Promise.race([promise, lost]);
		} finally {
			this.#emitter.off(`event ${event}`, listener);
		}
	}

	[Symbol.dispose](): void {
		this.#socket.destroy();
	}

	#hear({ QMP, id, error, event, data = {}, ...answer }: Line): void {
		if (QMP !== undefined) {
			const { major, minor, micro } = QMP.version.qemu;
			this.#version = `${major}.${minor}.${micro}`;
			this.#emitter.emit('event greeting', {});
		}
		if (event !== undefined) this.#emitter.emit(`event ${event}`, data);
		const pending = id === undefined ? undefined : this.#pending.get(id);
		if (id === undefined || pending === undefined) return;
		this.#pending.delete(id);
		if (error === undefined) pending.resolve(answer.return);
		else pending.reject(new BoardError('qmp-refused', `${pending.command}: ${error.desc} (${error.class})`));
	}

	#lose(): void {
		this.#isOver = true;
		for (const { command, reject } of this.#pending.values()) reject(gone(command));
		this.#pending.clear();
		this.#closed.resolve();
	}
}

function gone(what: string): BoardError {
	return new BoardError('board-gone', `QEMU ended while it was asked for ${what}`);
}
