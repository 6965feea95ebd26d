/**
 * `npm run bench`: every figure beside its peer or limit; `--json` prints them as an array.
 *
 * Each room has a process of its own: what the engine compiled, guessed and allocated for one is no part of the next.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { scriptArguments, wrongUsage } from '../script-arguments.ts';
import type { Figure } from './figure.ts';
import { printFigures } from './figure-table.ts';

const rooms: readonly (readonly [name: string, figures: () => Promise<Figure[]>])[] = [
	['instrumentation', async () => (await import('./instrumentation.ts')).instrumentationFigures()],
	['linker', async () => (await import('./linker.ts')).linkerFigures()],
	['foreign', async () => (await import('./foreign.ts')).foreignFigures()],
	['cell', async () => (await import('./cell.ts')).cellFigures()],
	['garbage', async () => (await import('./garbage.ts')).garbageFigures()],
	['journal', async () => (await import('./journal.ts')).journalFigures()],
	['durability', async () => (await import('./durability.ts')).durabilityFigures()],
	['lifecycle', async () => (await import('./lifecycle.ts')).lifecycleFigures()],
	['snapshot', async () => (await import('./snapshot.ts')).snapshotFigures()],
	['sleep', async () => (await import('./sleep.ts')).sleepFigures()],
	['memory', async () => (await import('./memory.ts')).memoryFigures()],
	['recording', async () => (await import('./recording.ts')).recordingFigures()],
	['cells', async () => (await import('./cells.ts')).cellsFigures()],
	['density', async () => (await import('./density.ts')).densityFigures()],
	['start', async () => (await import('./start.ts')).startFigures()],
	['commanded', async () => (await import('./commanded.ts')).commandedFigures()],
	['cycles', async () => (await import('./cycles.ts')).cyclesFigures()],
	['endless', async () => (await import('./endless.ts')).endlessFigures()],
	['ticks', async () => (await import('./ticks.ts')).ticksFigures()],
	['realtime', async () => (await import('./realtime.ts')).realtimeFigures()],
];

const { values, positionals } = scriptArguments({
	options: { json: { type: 'boolean' }, help: { type: 'boolean' } },
	allowPositionals: true,
});

if (values.help === true) {
	console.log(`usage: npm run bench -- [--json] [${rooms.map(([name]) => name).join('|')} ...]`);
	process.exit(0);
}

const unknown = positionals.find((name) => !rooms.some(([room]) => room === name));
if (unknown !== undefined) wrongUsage(`there is no figure "${unknown}"`);
const wanted = rooms.filter(([name]) => positionals.length === 0 || positionals.includes(name));
const [only, ...others] = wanted;
const figures: Figure[] = [];
if (only !== undefined && others.length === 0) figures.push(...(await only[1]()));
else for (const [name] of wanted) figures.push(...(await apart(name)));
printFigures(figures, { isJson: values.json === true });
// A cell that was measured waits a minute for VMs that may come back.
process.exit();

async function apart(name: string): Promise<Figure[]> {
	const room = [...process.execArgv, fileURLToPath(import.meta.url), '--json', name];
	const running = promisify(execFile)(process.execPath, room);
	running.child.stderr?.pipe(process.stderr, { end: false });
	return JSON.parse((await running).stdout);
}
