/** The operator's side in one: broker, signed module repository, content server. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { type Broker, startBroker } from './broker.ts';
import type { ContentNetworkPlan } from './content/network.ts';
import { type ContentServer, startContentServer } from './content.ts';
import { Repository } from './repository/repository.ts';
import { serveRepository } from './repository/serve.ts';

export interface HeadendOptions {
	/** Keys and repository are kept here, and found again by the next start. */
	readonly directory: string;
	/** Folder whose files are streamed. */
	readonly media: string;
	/** An MQTT 5 broker that is there already: `mqtt://host:port`. Without it one is started. */
	readonly broker?: string;
	/** Address of the broker that is started; default 127.0.0.1. */
	readonly brokerHost?: string;
	readonly networks: readonly ContentNetworkPlan[];
	/** Told about what could not be answered. */
	readonly log?: (line: string) => void;
}

export interface Headend extends AsyncDisposable {
	readonly broker: string;
	/** The folder of the repository, keys included. */
	readonly repositoryDirectory: string;
	readonly repository: Repository;
	readonly content: ContentServer;
	/** The embedded broker, where it was started. */
	readonly embedded: Broker | undefined;
	close(): Promise<void>;
}

const renewMs = 3_600_000;

export async function startHeadend(options: HeadendOptions): Promise<Headend> {
	const { directory, media, networks, broker: external, brokerHost, log = () => undefined } = options;
	await using stack = new AsyncDisposableStack();
	const repositoryDirectory = join(directory, 'repository');
	await mkdir(directory, { recursive: true });
	const repository = await Repository.openOrCreate({ directory: repositoryDirectory });
	const embedded =
		external === undefined
			? stack.use(await startBroker(brokerHost === undefined ? {} : { host: brokerHost }))
			: undefined;
	const broker = external ?? embedded?.url ?? '';
	const client = await connectAsync(broker, { protocolVersion: 5, reconnectPeriod: 500 });
	stack.defer(() => client.endAsync(true));
	// A broker that goes away for a while is met again; until then nobody asks.
	client.on('error', (error) => log(`repository: ${error.message}`));
	const service = await serveRepository({ client, directory: repository.publicDirectory, log });
	stack.defer(() => service.close());
	// What is signed for a day has to be signed again before it is over.
	const renewal = setInterval(
		() => void repository.renew().catch((error: Error) => log(error.message)),
		renewMs,
	);
	stack.defer(() => clearInterval(renewal));
	const content = stack.use(await startContentServer({ root: media, networks }));
	const owned = stack.move();
	const close = () => owned.disposeAsync();
	return { broker, repositoryDirectory, repository, content, embedded, close, [Symbol.asyncDispose]: close };
}
