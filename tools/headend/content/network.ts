/** The address of one network: what its clients reach, over a path as good as it is set. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Clock } from '../../../runtime/clock.ts';
import { ContentError } from './content-error.ts';
import { type Fault, type FaultScope, Faults } from './fault.ts';
import { Pacer } from './pacer.ts';
import { type PathShape, perfectPath, reshapePath } from './path-shape.ts';
import { type PathMeter, ShapedSocket } from './shaped-socket.ts';

/** A network and how its path is at first. */
export interface ContentNetworkPlan extends Partial<PathShape> {
	readonly id: string;
	/** Address to listen on; 127.0.0.1 to 127.255.255.254 are all of this machine. */
	readonly host: string;
	/** Default 0, which takes any free one. */
	readonly port?: number;
}

export interface PathCounters extends Readonly<PathMeter> {
	/** Connections that were ever accepted, and those that are open now. */
	readonly accepted: number;
	readonly open: number;
}

export interface ContentNetworkOptions {
	readonly plan: ContentNetworkPlan;
	readonly clock: Clock;
	/** Takes each new connection. */
	readonly serve: (socket: ShapedSocket, network: ContentNetwork) => void;
}

export class ContentNetwork implements AsyncDisposable {
	readonly id: string;
	readonly host: string;
	readonly faults = new Faults();
	readonly #serve: (socket: ShapedSocket, network: ContentNetwork) => void;
	readonly #clock: Clock;
	readonly #pacers: { readonly in: Pacer; readonly out: Pacer };
	readonly #sockets = new Set<ShapedSocket>();
	readonly #meter: PathMeter = { bytesIn: 0, bytesOut: 0 };
	#accepted = 0;
	#shape: PathShape;
	#port: number;
	#server: Server | undefined;
	/** Opening and closing the listener, one after the other. */
	#changes: Promise<void> = Promise.resolve();
	#isClosed = false;

	private constructor({ plan, clock, serve }: ContentNetworkOptions) {
		const { id, host, port = 0, ...shape } = plan;
		this.id = id;
		this.host = host;
		this.#port = port;
		this.#clock = clock;
		this.#serve = serve;
		this.#shape = reshapePath(perfectPath, shape);
		const { rateKbps } = this.#shape;
		this.#pacers = { in: new Pacer({ clock, rateKbps }), out: new Pacer({ clock, rateKbps }) };
	}

	/** Listens even where the path starts down, so that its port is known. @throws ContentError `bad-shape`, `cannot-listen` */
	static async open(options: ContentNetworkOptions): Promise<ContentNetwork> {
		const network = new ContentNetwork(options);
		await network.#listen();
		await network.set({});
		return network;
	}

	get port(): number {
		return this.#port;
	}

	/** `http://host:port/`; stays the same whatever happens to the path. */
	get url(): string {
		return `http://${this.host.includes(':') ? `[${this.host}]` : this.host}:${this.#port}/`;
	}

	get shape(): PathShape {
		return this.#shape;
	}

	get counters(): PathCounters {
		return { ...this.#meter, accepted: this.#accepted, open: this.#sockets.size };
	}

	/**
	 * Changes the path; rate, delay and being down count at once, and the promise resolves once new
	 * connections are refused or accepted accordingly.
	 * @throws ContentError `bad-shape`; `cannot-listen` where its port was taken while it was refusing
	 */
	set(change: Partial<PathShape>): Promise<void> {
		const { rateKbps, delayMs, isUp, outage } = reshapePath(this.#shape, change);
		this.#shape = { rateKbps, delayMs, isUp, outage };
		for (const pacer of [this.#pacers.in, this.#pacers.out]) {
			pacer.setRate(rateKbps);
			pacer.setRunning(isUp);
		}
		for (const socket of this.#sockets) {
			socket.setDelay(delayMs);
			if (!isUp && outage === 'reset') socket.cut();
			else socket.setUp(isUp);
		}
		const changed = this.#changes.then(() => this.#settle());
		this.#changes = changed.catch(() => undefined);
		return changed;
	}

	/** Lets the next requests go wrong. */
	inject(fault: Fault, scope?: FaultScope): void {
		this.faults.add(fault, scope);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#isClosed = true;
		for (const socket of this.#sockets) socket.destroy();
		await this.#changes;
		await this.#refuse();
	}

	async #settle(): Promise<void> {
		if (this.#isClosed) return;
		if (this.#shape.isUp || this.#shape.outage === 'silent') await this.#listen();
		else await this.#refuse();
	}

	async #listen(): Promise<void> {
		if (this.#server !== undefined) return;
		const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
			const shape = this.#shape;
			// Was accepted in the instant before it went down.
			if (this.#isClosed || (!shape.isUp && shape.outage === 'reset')) return void socket.resetAndDestroy();
			const shaped = new ShapedSocket({
				socket,
				clock: this.#clock,
				pacers: this.#pacers,
				shape,
				meter: this.#meter,
			});
			this.#accepted++;
			this.#sockets.add(shaped);
			shaped.once('close', () => this.#sockets.delete(shaped));
			this.#serve(shaped, this);
		});
		try {
			await once(server.listen(this.#port, this.host), 'listening');
		} catch (cause) {
			const place = `${this.host}:${this.#port}`;
			throw new ContentError('cannot-listen', `network ${this.id} cannot listen on ${place}`, { cause });
		}
		this.#server = server;
		this.#port = (server.address() as AddressInfo).port;
	}

	async #refuse(): Promise<void> {
		const server = this.#server;
		if (server === undefined) return;
		this.#server = undefined;
		const closed = once(server, 'close');
		server.close();
		await closed;
	}
}
