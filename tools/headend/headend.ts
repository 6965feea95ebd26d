/** The operator's side in one: broker, signed module repository, content server. */
import { join } from 'node:path';
import { type Broker, startBroker } from './broker.ts';
import type { ContentNetworkPlan } from './content/network.ts';
import { type ContentServer, startContentServer } from './content.ts';
import type { Repository } from './repository/repository.ts';
import { serveRepositoryAt } from './served-repository.ts';

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

export async function startHeadend(options: HeadendOptions): Promise<Headend> {
	const { directory, media, networks, broker: external, brokerHost, log = () => undefined } = options;
	await using stack = new AsyncDisposableStack();
	const repositoryDirectory = join(directory, 'repository');
	const embedded =
		external === undefined
			? stack.use(await startBroker(brokerHost === undefined ? {} : { host: brokerHost }))
			: undefined;
	const broker = external ?? embedded?.url ?? '';
	const served = { broker, directory: repositoryDirectory, log };
	const { repository } = stack.use(await serveRepositoryAt(served));
	const content = stack.use(await startContentServer({ root: media, networks }));
	const owned = stack.move();
	const close = () => owned.disposeAsync();
	return { broker, repositoryDirectory, repository, content, embedded, close, [Symbol.asyncDispose]: close };
}
