/** A stage of a test's own on the loopback; box, headend and folder are gone when it is over. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { Stage, type StageOptions } from '../../start/stage.ts';

export interface Trial extends AsyncDisposable {
	readonly stage: Stage;
	/** Kept for a test that fails, with what the box says. */
	readonly tell: (text: string) => void;
}

export async function openTrial(
	t: ExecutionContext,
	options: Omit<StageOptions, 'directory'>,
): Promise<Trial> {
	await using stack = new AsyncDisposableStack();
	const directory = stack.adopt(await mkdtemp(join(tmpdir(), 'mullion-trial-')), (folder) =>
		rm(folder, { recursive: true, force: true }),
	);
	const tell = diaryOf(t);
	const stage = stack.use(
		await Stage.set({ boxCommand: tiedNode, onLine: tell, deadlineMs: 10_000, ...options, directory }),
	);
	const held = stack.move();
	return { stage, tell, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

/** A box must not outlive a test run that was killed. */
const tiedNode = ['setpriv', '--pdeathsig', 'KILL', '--', process.execPath];

/** Lines with the second they came in, printed only if the test fails. */
export function diaryOf(t: ExecutionContext): (text: string) => void {
	const startedAt = performance.now();
	const lines: string[] = [];
	t.teardown(() => {
		if (!t.passed) t.log(lines.join('\n'));
	});
	return (text) => lines.push(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)}  ${text}`);
}
