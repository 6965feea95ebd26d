/** The tests of one file on boards with images: as one run whose report says what the images are made of. */
import { loadBoard } from '../../../firmware/image/board.ts';
import { fetchSources, kernelRelease } from '../../../firmware/image/sources.ts';
import { type BoardRun, openBoardRun } from '../board/board-run.ts';
import { boardHere } from '../board/claim.ts';

export async function openImageRun(name: string): Promise<BoardRun> {
	const run = await openBoardRun(name);
	const { debian, nodeVersion } = await fetchSources(await loadBoard(boardHere()));
	run.versions({ Linux: await kernelRelease(debian), 'Node of the box': nodeVersion });
	return run;
}
