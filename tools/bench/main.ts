/** `npm run bench`: every figure beside its peer or limit; `--json` prints them as an array. */
import { parseArgs } from 'node:util';
import { cellFigures } from './cell.ts';
import { durabilityFigures } from './durability.ts';
import type { Figure } from './figure.ts';
import { instrumentationFigures } from './instrumentation.ts';
import { journalFigures } from './journal.ts';
import { lifecycleFigures } from './lifecycle.ts';
import { linkerFigures } from './linker.ts';
import { memoryFigures } from './memory.ts';
import { recordingFigures } from './recording.ts';
import { snapshotFigures } from './snapshot.ts';

const rooms: readonly (readonly [name: string, figures: () => Promise<Figure[]>])[] = [
	['linker', linkerFigures],
	['cell', cellFigures],
	['instrumentation', instrumentationFigures],
	['journal', journalFigures],
	['durability', durabilityFigures],
	['lifecycle', lifecycleFigures],
	['snapshot', snapshotFigures],
	['memory', memoryFigures],
	['recording', recordingFigures],
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
if (values.json === true) console.log(JSON.stringify(figures));
else
	for (const { name, value, unit, peer, peerValue, ratio } of figures)
		console.log(
			`${name.padEnd(56)} ${`${value} ${unit}`.padStart(12)}   ${ratio} x ${peer} (${peerValue} ${unit})`,
		);
