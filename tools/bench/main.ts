/** `npm run bench`: every figure beside its peer or limit; `--json` prints them as an array. */
import { parseArgs } from 'node:util';
import { cellFigures } from './cell.ts';
import { cellsFigures } from './cells.ts';
import { cyclesFigures } from './cycles.ts';
import { densityFigures } from './density.ts';
import { durabilityFigures } from './durability.ts';
import { endlessFigures } from './endless.ts';
import type { Figure } from './figure.ts';
import { printFigures } from './figure-table.ts';
import { foreignFigures } from './foreign.ts';
import { garbageFigures } from './garbage.ts';
import { instrumentationFigures } from './instrumentation.ts';
import { journalFigures } from './journal.ts';
import { lifecycleFigures } from './lifecycle.ts';
import { linkerFigures } from './linker.ts';
import { memoryFigures } from './memory.ts';
import { realtimeFigures } from './realtime.ts';
import { recordingFigures } from './recording.ts';
import { sleepFigures } from './sleep.ts';
import { snapshotFigures } from './snapshot.ts';
import { startFigures } from './start.ts';

const rooms: readonly (readonly [name: string, figures: () => Promise<Figure[]>])[] = [
	// Before the engine has seen other guests: what it then inlines is decided by them too.
	['instrumentation', instrumentationFigures],
	['linker', linkerFigures],
	['foreign', foreignFigures],
	['cell', cellFigures],
	['garbage', garbageFigures],
	['journal', journalFigures],
	['durability', durabilityFigures],
	['lifecycle', lifecycleFigures],
	['snapshot', snapshotFigures],
	['sleep', sleepFigures],
	['memory', memoryFigures],
	['recording', recordingFigures],
	['cells', cellsFigures],
	['density', densityFigures],
	['start', startFigures],
	['cycles', cyclesFigures],
	['endless', endlessFigures],
	['realtime', realtimeFigures],
];

const { values, positionals } = parseArgs({
	options: { json: { type: 'boolean' }, help: { type: 'boolean' } },
	allowPositionals: true,
});

if (values.help === true) {
	console.log(`usage: npm run bench -- [--json] [${rooms.map(([name]) => name).join('|')} ...]`);
	process.exit(0);
}

const figures: Figure[] = [];
for (const [name, measure] of rooms) {
	if (positionals.length === 0 || positionals.includes(name)) figures.push(...(await measure()));
}
printFigures(figures, { isJson: values.json === true });
