/** The content server: one folder over HTTP, reached over several networks, each as slow or as broken as told. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { systemClock } from '../../firmware/hal/clock.ts';
import type { Clock } from '../../runtime/clock.ts';
import { answer, type Outcome } from './content/answer.ts';
import { ContentError } from './content/content-error.ts';
import { ContentNetwork, type ContentNetworkPlan } from './content/network.ts';
import type { ShapedSocket } from './content/shaped-socket.ts';

export interface ContentServerOptions {
	/** Folder whose files are served; nothing outside it is, not even through a link. */
	readonly root: string;
	readonly networks: readonly ContentNetworkPlan[];
	readonly clock?: Clock;
}

/** One request, once it is over. */
export interface RequestRecord {
	readonly networkId: string;
	/** Microseconds since the epoch at which it had arrived. */
	readonly atUs: number;
	readonly method: string;
	readonly path: string;
	/** The Range header as it came. */
	readonly range: string | undefined;
	readonly status: number;
	/** Bytes of the body handed to the connection. */
	readonly bodyBytes: number;
	/** Whether the whole answer was handed to the connection. */
	readonly isComplete: boolean;
	readonly remotePort: number;
}

export interface ContentServer extends AsyncDisposable {
	/** @throws ContentError `unknown-network` */
	network(id: string): ContentNetwork;
	/** Where a file is to be had on a network. @throws ContentError `unknown-network` */
	urlOf(id: string, path: string): string;
	/** The last requests, oldest first. */
	readonly requests: readonly RequestRecord[];
	/** Resolves once no request is being answered and all are in the log: a client may have its answer before. */
	idle(): Promise<void>;
	close(): Promise<void>;
}

/** Requests kept in the log. */
const logLength = 10_000;

/** Resolves once every network listens. @throws ContentError `bad-shape`, `cannot-listen` */
export async function startContentServer({
	root,
	networks: plans,
	clock = systemClock(),
}: ContentServerOptions): Promise<ContentServer> {
	const requests: RequestRecord[] = [];
	const underWay = new Set<Promise<void>>();
	const networkOf = new WeakMap<object, ContentNetwork>();
	const http = createServer({ keepAliveTimeout: 0 }, (request, response) => {
		const recorded = record(request, response).finally(() => underWay.delete(recorded));
		underWay.add(recorded);
	});

	http.on('clientError', (_error, socket) => {
		if (socket.writable)
			socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
	});

	const record = async (request: IncomingMessage, response: ServerResponse) => {
		const socket = request.socket as unknown as ShapedSocket;
		const network = networkOf.get(socket);
		if (network === undefined) return;
		const atUs = clock.now();
		const path = URL.parse(request.url ?? '/', 'http://headend')?.pathname ?? '/';
		const fault = network.faults.next(path);
		let outcome: Outcome = { bodyBytes: 0, isComplete: false };
		try {
			outcome = await answer({ root, path, request, response, socket, fault });
		} catch {
			// The file went away or the disk failed while it was being sent: the client sees its end missing.
			socket.destroy();
		}
		requests.push({
			networkId: network.id,
			atUs,
			method: request.method ?? '',
			path,
			range: request.headers.range,
			status: response.statusCode,
			...outcome,
			remotePort: socket.remotePort,
		});
		if (requests.length > logLength) requests.shift();
	};

	await using stack = new AsyncDisposableStack();
	const networks = new Map<string, ContentNetwork>();
	for (const plan of plans) {
		const serve = (socket: ShapedSocket, network: ContentNetwork) => {
			networkOf.set(socket, network);
			http.emit('connection', socket);
		};
		networks.set(plan.id, stack.use(await ContentNetwork.open({ plan, clock, serve })));
	}
	const idle = async () => {
		while (underWay.size > 0) await Promise.all(underWay);
	};
	const network = (id: string) => {
		const found = networks.get(id);
		if (found === undefined)
			throw new ContentError(
				'unknown-network',
				`network "${id}" is not served; there are ${[...networks.keys()]}`,
			);
		return found;
	};
	const held = stack.move();
	return {
		network,
		urlOf: (id, path) => new URL(path, network(id).url).href,
		requests,
		idle,
		close: () => held.disposeAsync(),
		[Symbol.asyncDispose]: () => held.disposeAsync(),
	};
}
