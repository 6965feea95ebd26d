/** The test's end of the operator's side in the core's namespace, with the box in its own. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BoxSample } from '../../../firmware/box/telemetry.ts';
import type { Report } from '../../start/report.ts';
import type { StageNetwork, StageOptions } from '../../start/stage.ts';
import type { Rig } from '../link/rig.ts';
import { Peer } from './peer.ts';

export type CoreSettings = Omit<StageOptions, 'switchPath' | 'onLine' | 'networks'> & {
	readonly networks: readonly [StageNetwork, StageNetwork];
};

export interface CoreOptions extends Omit<CoreSettings, 'directory' | 'boxCommand'> {
	readonly rig: Rig;
	/** Opens or closes the emulated network behind a radio that the story switches. */
	readonly switchPath: (id: string, isUp: boolean) => Promise<void>;
	readonly tell: (text: string) => void;
}

const program = fileURLToPath(new URL('core.ts', import.meta.url));

export class CoreProcess implements AsyncDisposable {
	/** Folder with what was heard. */
	readonly played: string;
	/** Port of the content server on each network. */
	readonly ports: Readonly<Record<string, number>>;
	readonly #peer: Peer;
	readonly #stack: AsyncDisposableStack;

	private constructor({ played, ports, peer, stack }: { peer: Peer; stack: AsyncDisposableStack } & Place) {
		this.played = played;
		this.ports = ports;
		this.#peer = peer;
		this.#stack = stack;
	}

	static async start({ rig, switchPath, tell, ...settings }: CoreOptions): Promise<CoreProcess> {
		await using stack = new AsyncDisposableStack();
		const directory = stack.adopt(await mkdtemp(join(tmpdir(), 'mullion-core-')), (folder) =>
			rm(folder, { recursive: true, force: true }),
		);
		const child = rig.spawn('core', process.execPath, [program], {
			stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
		});
		const gone = once(child, 'exit');
		for (const stream of [child.stdout, child.stderr])
			if (stream !== null) createInterface(stream).on('line', tell);
		const peer = new Peer(child, {
			tell,
			switchPath: ({ id, isUp }: { id: string; isUp: boolean }) => switchPath(id, isUp),
		});
		stack.defer(async () => {
			// A core that cannot close in an orderly way is ended with its namespace.
			await peer.call('close').catch((error: Error) => tell(`core: ${error.message}`));
			child.kill('SIGKILL');
			await gone;
		});
		const boxCommand = ['setpriv', '--pdeathsig', 'KILL', '--'].concat(
			['ip', 'netns', 'exec', rig.namespace('box')],
			process.execPath,
		);
		const place = await peer.call<Place>('set', {
			...settings,
			directory,
			boxCommand,
		} satisfies CoreSettings);
		return new CoreProcess({ ...place, peer, stack: stack.move() });
	}

	tellStory(options: {
		media: string;
		lookMs: number;
		better: { from: number; to: number };
	}): Promise<Report> {
		return this.#peer.call('tellStory', options);
	}

	/** Powers the box on, brings it its player and opens a session; resolves with its name. */
	open(): Promise<string> {
		return this.#peer.call('open');
	}

	/** The better network comes or goes, in the air and in the eyes of the box. */
	better(isUp: boolean): Promise<void> {
		return this.#peer.call('better', { isUp });
	}

	/** Resolves with the reason when the session has ended. */
	end(): Promise<string> {
		return this.#peer.call('end');
	}

	sample(): Promise<BoxSample> {
		return this.#peer.call('sample');
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.#stack.disposeAsync();
	}
}

interface Place {
	readonly played: string;
	readonly ports: Readonly<Record<string, number>>;
}
