/** The embedded MQTT 5 broker: enough to try the whole on one machine; a real one takes its place in earnest. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { BrokerError } from './broker-error.ts';

export interface BrokerOptions {
	/** Address to listen on; default 127.0.0.1. */
	readonly host?: string;
	/** Port to listen on; default 0, which takes any free one. */
	readonly port?: number;
	/** Largest MQTT packet accepted, in bytes, told to clients in CONNACK; default 1 MiB. */
	readonly maxPacketBytes?: number;
	/** Longest a session outlives its connection, in seconds; default one hour. */
	readonly maxSessionSeconds?: number;
}

export interface Broker extends AsyncDisposable {
	/** `mqtt://host:port`, as a client wants it. */
	readonly url: string;
	readonly port: number;
	/** Clients whose CONNECT was accepted and that are still there. */
	readonly connections: number;
	/** Cuts every connection without a word, as a router that reboots does; clients may come back at once. */
	drop(): void;
	/** Tells MQTT 5 clients `Server shutting down`, closes every socket, and resolves once all are gone. */
	close(): Promise<void>;
}

/** Waiting this long for one client that does not read keeps the others from their messages no longer. */
const drainTimeoutMs = 10_000;
/** Sessions kept for clients that left; beyond it the newest to leave is forgotten at once. */
const maxPendingSessions = 1000;

/**
 * Starts the broker and resolves once it accepts connections.
 *
 * A client that asks for Response Information (MQTT 5 3.2.2.3.15) is given `mullion/reply/<client id>`,
 * the id percent-encoded so that it can hold no wildcard and no level of its own.
 * @throws BrokerError `cannot-listen` where the address is taken or is none of this machine
 */
export async function startBroker({
	host = '127.0.0.1',
	port = 0,
	maxPacketBytes = 1_048_576,
	maxSessionSeconds = 3600,
}: BrokerOptions = {}): Promise<Broker> {
	const aedes = await Aedes.createBroker({
		maximumPacketSize: maxPacketBytes,
		maxClientsIdLength: 256,
		sessionExpiryIntervalLimit: maxSessionSeconds,
		pendingSessionsLimit: maxPendingSessions,
		drainTimeout: drainTimeoutMs,
		responseInformation: (client) => `mullion/reply/${encodeURIComponent(client.id)}`,
	});
	const sockets = new Set<Socket>();
	const server = createServer({ noDelay: true }, (socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
		// What a client does wrong ends its own connection; aedes has already closed it when this arrives.
		socket.on('error', () => undefined);
		aedes.handle(socket);
	});

	try {
		await once(server.listen(port, host), 'listening');
	} catch (cause) {
		await new Promise<void>((done) => aedes.close(done));
		throw new BrokerError(
			'cannot-listen',
			`broker cannot listen on ${host}:${port}; choose another address`,
			{
				cause,
			},
		);
	}
	const address = server.address() as AddressInfo;
	const drop = () => {
		for (const socket of sockets) socket.destroy();
	};

	let closing: Promise<void> | undefined;
	const shutDown = async () => {
		const closed = once(server, 'close');
		server.close();
		await new Promise<void>((done) => aedes.close(done));
		drop();
		await closed;
	};
	const close = () => {
		closing ??= shutDown();
		return closing;
	};
	return {
		url: `mqtt://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
		port: address.port,
		get connections() {
			return aedes.connectedClients;
		},
		drop,
		close,
		[Symbol.asyncDispose]: close,
	};
}
