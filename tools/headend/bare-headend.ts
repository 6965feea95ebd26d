/** The operator's side of boxes that are elsewhere: a broker, the signed repository on it, and who to look for. */

import { writeAddressBook } from './address-book.ts';
import { BrokerError } from './broker-error.ts';
import { startMosquitto } from './mosquitto.ts';
import { isServed } from './repository/is-served.ts';
import { noBroker, serveRepositoryAt } from './served-repository.ts';

export interface BareHeadendOptions {
	/** Of the repository; made where there is none. */
	readonly repository: string;
	/** `headend.json`, which is there for as long as this is. */
	readonly addressBook: string;
	/** Endpoint id of the box. */
	readonly agent: string;
	/** Where a broker of its own listens. */
	readonly port: number;
	readonly host: string;
	/** A broker that is there already: `mqtt://host:port`. Without it Mosquitto is started. */
	readonly broker?: string | undefined;
	/** Told about what could not be answered. */
	readonly log: (line: string) => void;
}

export interface BareHeadend extends AsyncDisposable {
	/** `mqtt://host:port`, as it is reached from this machine. */
	readonly broker: string;
}

/** For another headend to answer in. */
const answerMs = 2000;

/** Errors: `missing-tool`, `cannot-listen`, `did-not-start`, `unreachable`, `already-served`; those of the repository. */
export async function startBareHeadend(options: BareHeadendOptions): Promise<BareHeadend> {
	const { repository, addressBook, agent, port, host, broker: external, log } = options;
	await using stack = new AsyncDisposableStack();
	const own = external === undefined ? stack.use(await startMosquitto({ host, port })) : undefined;
	const broker = external ?? own?.url ?? '';
	if (external !== undefined) await requireFree(external);
	stack.use(await serveRepositoryAt({ broker, directory: repository, log }));
	stack.use(await writeAddressBook(addressBook, { broker, repository, agent }));
	const owned = stack.move();
	return { broker, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Errors: `unreachable`, `already-served`. */
async function requireFree(broker: string): Promise<void> {
	const signal = new AbortController().signal;
	const isTaken = await isServed({ broker, withinMs: answerMs, signal }).catch((cause: Error) => {
		throw noBroker(broker, cause);
	});
	if (isTaken)
		throw new BrokerError(
			'already-served',
			`another headend runs on ${broker}: end it first, or give this one a broker of its own (--port)`,
		);
}
