/** The test's end of a box in its namespace with probes on it, whose operator and hosts are in the core's. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { StageNetwork } from '../../start/stage.ts';
import type { Ending } from '../box/operated-box.ts';
import type { Rig } from '../link/rig.ts';
import { Peer } from './peer.ts';

export interface ProbedBoxOptions {
	readonly rig: Rig;
	readonly broker: string;
	readonly networks: readonly [StageNetwork, StageNetwork];
	readonly tell: (text: string) => void;
}

export type ProbedBoxSettings = Omit<ProbedBoxOptions, 'rig' | 'tell'> & {
	readonly boxCommand: readonly string[];
};

/** A probe under a name of its own, and the hosts that its manifest asks for; none is no network at all. */
export interface ProbePlan {
	readonly name: string;
	readonly hosts: readonly string[];
	readonly version?: string;
}

const program = fileURLToPath(new URL('probed-box-process.ts', import.meta.url));

export class ProbedBox implements AsyncDisposable {
	readonly #peer: Peer;
	readonly #stop: () => Promise<void>;

	private constructor(peer: Peer, stop: () => Promise<void>) {
		this.#peer = peer;
		this.#stop = stop;
	}

	/** Resolves when the operator can talk to the box. */
	static async start({ rig, tell, ...settings }: ProbedBoxOptions): Promise<ProbedBox> {
		const child = rig.spawn('core', process.execPath, [program], {
			stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
		});
		const gone = once(child, 'exit');
		for (const stream of [child.stdout, child.stderr])
			if (stream !== null) createInterface(stream).on('line', tell);
		const peer = new Peer(child, { tell });
		const box = new ProbedBox(peer, async () => {
			await peer.call('close').catch((error: Error) => tell(`core: ${error.message}`));
			child.kill('SIGKILL');
			await gone;
		});
		const boxCommand = ['setpriv', '--pdeathsig', 'KILL', '--'].concat(
			['ip', 'netns', 'exec', rig.namespace('box')],
			process.execPath,
		);
		try {
			await peer.call('start', { ...settings, boxCommand } satisfies ProbedBoxSettings);
		} catch (error) {
			await box[Symbol.asyncDispose]();
			throw error;
		}
		return box;
	}

	/** Has a web server listen at an address of the core. */
	serve(address: string): Promise<void> {
		return this.#peer.call('serve', address);
	}

	/** Resolves with the path of the first request that this server has had, or will have. */
	asked(address: string): Promise<string> {
		return this.#peer.call('asked', address);
	}

	install(plan: ProbePlan): Promise<Ending> {
		return this.#peer.call('install', plan);
	}

	update(plan: ProbePlan): Promise<Ending> {
		return this.#peer.call('update', plan);
	}

	/** Tells a probe to fetch, whether it may or not. */
	fetch(name: string, url: string): Promise<void> {
		return this.#peer.call('fetch', { name, url });
	}

	/** Resolves with the first line of the box's log that holds this text, said already or not yet. */
	line(text: string): Promise<string> {
		return this.#peer.call('line', text);
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.#stop();
	}
}
