/** A box that runs, brought back to the same moment for each test: in about a second, where a start takes several. */
import type { Controller } from '../../controller/controller.ts';
import type { Board, BoardFeature, BoardImage } from '../board/board.ts';
import { claim } from '../board/claim.ts';
import type { ImageBench } from './image-bench.ts';

export interface RunningBoxOptions {
	readonly bench: ImageBench;
	readonly image: BoardImage;
	/** Beside those that it takes to get there. */
	readonly needs?: readonly BoardFeature[];
}

const moment = 'running';
const deadlineMs = 20_000;

export class RunningBox implements AsyncDisposable {
	readonly board: Board;
	/** What its one start took, until its operator could talk to it. */
	readonly startMs: number;
	readonly #bench: ImageBench;
	#operator: Controller | undefined;

	private constructor(parts: Pick<RunningBox, 'board' | 'startMs'> & { readonly bench: ImageBench }) {
		this.board = parts.board;
		this.startMs = parts.startMs;
		this.#bench = parts.bench;
	}

	/**
	 * Starts it once. A box that is brought back would notice only by and by that its connections are gone, so
	 * the moment is one at which it has none: its broker is away, and it is about to try again.
	 */
	static async start({ bench, image, needs = [] }: RunningBoxOptions): Promise<RunningBox> {
		await using stack = new AsyncDisposableStack();
		const board = stack.use(await claim({ needs: ['power', 'flash', 'snapshots', ...needs] }));
		await board.flash(image);
		const startedAt = performance.now();
		await using operator = await bench.operator(deadlineMs);
		const isThere = new Promise<void>((resolve) => operator.onConnected(resolve));
		await board.power.on();
		await isThere;
		const startMs = performance.now() - startedAt;
		await bench.broker.stop();
		await board.serial.expect('usp {"kind":"lost"');
		await board.snapshots.save(moment);
		await bench.broker.start();
		stack.move();
		return new RunningBox({ board, startMs, bench });
	}

	/** Whatever was done to it since, it is as it was, disk and memory; resolves once its operator can talk to it. */
	async restore(): Promise<Controller> {
		await this.#operator?.close();
		const operator = await this.#bench.operator(deadlineMs);
		this.#operator = operator;
		const isThere = new Promise<void>((resolve) => operator.onConnected(resolve));
		await this.board.power.on();
		await this.board.snapshots.load(moment);
		await isThere;
		return operator;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#operator?.close();
		await this.board[Symbol.asyncDispose]();
	}
}
