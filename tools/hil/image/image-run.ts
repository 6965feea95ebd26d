/** The tests of one file on boards with images: the bench for these, and a run whose report says what they are made of. */
import { fetchSources, kernelRelease } from '../../../firmware/image/sources.ts';
import { type BoardRun, openBoardRun } from '../board/board-run.ts';
import { type ImageBench, type ImageBenchOptions, openImageBench } from './image-bench.ts';

export interface ImageRun extends BoardRun {
	/** There until the run is over. */
	readonly bench: ImageBench;
}

export async function openImageRun(name: string, options?: ImageBenchOptions): Promise<ImageRun> {
	await using stack = new AsyncDisposableStack();
	const bench = stack.use(await openImageBench(options));
	const { kernel, nodeVersion } = await fetchSources(bench.board, bench.kernel);
	const linux = await kernelRelease(kernel);
	const run = stack.use(await openBoardRun(name));
	run.versions({ 'images for': bench.board.name, Linux: linux, 'Node of the box': nodeVersion });
	const owned = stack.move();
	return { ...run, bench, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
