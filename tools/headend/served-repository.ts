/** The signed repository with its service: boxes read it over the broker, and nothing in it expires meanwhile. */
import { connectAsync } from 'mqtt';
import { BrokerError } from './broker-error.ts';
import { Repository } from './repository/repository.ts';
import { serveRepository } from './repository/serve.ts';

export interface ServedOptions {
	/** `mqtt://host:port`; MQTT 5. */
	readonly broker: string;
	/** Keys and files are kept here; made where there is nothing yet. */
	readonly directory: string;
	/** Told about what could not be answered, and of the broker going and coming back. */
	readonly log?: (line: string) => void;
}

export interface ServedRepository extends AsyncDisposable {
	readonly repository: Repository;
}

const renewMs = 3_600_000;

/** Errors: `unreachable`; those of the repository. */
export async function serveRepositoryAt({
	broker,
	directory,
	log = () => undefined,
}: ServedOptions): Promise<ServedRepository> {
	await using stack = new AsyncDisposableStack();
	const repository = await Repository.openOrCreate({ directory });
	const options = { protocolVersion: 5, reconnectPeriod: 500 } as const;
	const client = await connectAsync(broker, options, false).catch((cause: Error) => {
		throw noBroker(broker, cause);
	});
	stack.defer(() => client.endAsync(true));
	// A broker that goes away for a while is met again; until then nobody asks.
	client.on('error', () => undefined);
	let isGone = false;
	client.on('close', () => {
		if (!isGone && !client.disconnecting) log(`repository: the broker at ${broker} is gone; trying again`);
		isGone = true;
	});
	client.on('connect', () => {
		log(`repository: the broker at ${broker} is back`);
		isGone = false;
	});
	const service = await serveRepository({ client, directory: repository.publicDirectory, log });
	stack.defer(() => service.close());
	// What is signed for a day has to be signed again before it is over.
	const renewal = setInterval(
		() => void repository.renew().catch((error: Error) => log(error.message)),
		renewMs,
	);
	stack.defer(() => clearInterval(renewal));
	const owned = stack.move();
	return { repository, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

export function noBroker(broker: string, cause: Error): BrokerError {
	const message = `no connection to the broker at ${broker}: ${cause.message || cause}`;
	return new BrokerError('unreachable', message, { cause });
}
