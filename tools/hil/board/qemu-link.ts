/** The network of a virtual board: its carrier, and how well it carries. */
import type { Shape } from '../link/shape.ts';
import type { BoardLink } from './board.ts';
import { BoardError } from './board-error.ts';
import type { FrameRelay } from './frame-relay.ts';
import { networkName } from './qemu-arguments.ts';
import type { QmpClient } from './qmp.ts';

export class QemuLink implements BoardLink {
	readonly #relay: FrameRelay | undefined;
	#isUp = true;
	#qmp: QmpClient | undefined;

	/** @param relay undefined when nobody is to shape it */
	constructor(relay: FrameRelay | undefined) {
		this.#relay = relay;
	}

	get frames(): BoardLink['frames'] {
		return this.#shaped().frames;
	}

	down(): Promise<void> {
		return this.#set(false);
	}

	up(): Promise<void> {
		return this.#set(true);
	}

	shape(change: Partial<Shape>): void {
		this.#shaped().set(change);
	}

	async attach(qmp: QmpClient): Promise<void> {
		this.#qmp = qmp;
		// It starts with its carrier.
		if (!this.#isUp) await this.#set(false);
	}

	detach(): void {
		this.#qmp = undefined;
	}

	async #set(isUp: boolean): Promise<void> {
		await this.#qmp?.execute('set_link', { name: networkName, up: isUp });
		this.#isUp = isUp;
	}

	#shaped(): FrameRelay {
		if (this.#relay === undefined) throw new BoardError('board-lacks', 'the test did not claim link-shape');
		return this.#relay;
	}
}
